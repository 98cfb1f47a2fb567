import { now } from '../../defer/node-timers.ts';
import { culpritOf } from '../culprit.ts';
import { type SharedState, Time, Wish, Word } from '../shared-state.ts';
import type { ThreadFigures } from '../thread-figures.ts';
import { stillBlockedWarning } from '../warning-text.ts';
import { writeError } from '../write-error.ts';
import { judge, type Verdict } from './evidence.ts';
import type { Inspection } from './inspection.ts';
import type { OwnTime } from './own-time.ts';
import { Sample } from './sample.ts';

/** After the first look come some in quick succession, which tell one long function from many short ones. */
const QUICK_MS = 8;
const QUICK_LOOKS = 4;
/** As long as only Node's own code was met, between two callbacks of a queue, there are more of them. */
const QUICK_LOOKS_FOR_CULPRIT = 20;
const MOST_LOOKS = 32;
/** How often it is looked whether a block has become long enough to be warned of. */
const NAP_MS = 50;
/** Each warning of a block that goes on comes after so many times the time of the one before. */
const PATIENCE_FACTOR = 10;

/** What a block is watched with. */
export interface BlockInstruments {
  readonly state: SharedState;
  readonly looks: Int32Array<SharedArrayBuffer>;
  readonly time: OwnTime;
  /** Has been noted when the turn of the loop began. */
  readonly loopThread: ThreadFigures;
  readonly threshold: number;
  /** For how many milliseconds a block goes on before it is warned of while it does. */
  readonly patience: number;
  nextSample(): number;
}

/** A block that is over, and was one. */
export interface EndedBlock {
  readonly verdict: Verdict;
  readonly duration: number;
  /** How long ago it began, in milliseconds. */
  readonly age: number;
  /** Whether it was warned of while it went on. */
  readonly wasWarnedOf: boolean;
}

/** Looks at the loop's thread from when a turn has taken too long until it is over. */
export class BlockWatch {
  readonly #instruments: BlockInstruments;
  /** The count of the turn before. */
  readonly #beats: number;
  readonly #began: number;
  readonly #idleBefore: number;
  readonly #collectingBefore: number;
  readonly #processorBefore: number;
  readonly #samples: Sample[] = [];
  #warnsAt: number;
  #wasWarnedOf = false;
  #isPaused = false;
  #wasAsked = false;

  constructor(instruments: BlockInstruments, beats: number) {
    const { times } = instruments.state;
    this.#instruments = instruments;
    this.#beats = beats;
    this.#began = times[Time.beat] ?? 0;
    this.#idleBefore = times[Time.idle] ?? 0;
    this.#collectingBefore = times[Time.collecting] ?? 0;
    this.#processorBefore = times[Time.processor] ?? 0;
    this.#warnsAt = instruments.patience;
  }

  /** Looks until the loop turns; without stacks where there is no `inspection`. */
  async look(inspection: Inspection | undefined): Promise<void> {
    const { state, time } = this.#instruments;
    while (this.#goesOn()) {
      if (inspection !== undefined) await this.#sample(inspection);
      const next = this.#nextLook();
      while (this.#goesOn() && this.#age < next) {
        time.sleepUntilBeat(this.#beats, Math.min(NAP_MS, next - this.#age));
        this.warnIfStill();
      }
    }
    this.#noteCallbacks(state);
  }

  /** What is to be reported; `undefined` where the loop was not blocked by anything that the program does. */
  end(): EndedBlock | undefined {
    const { state, time, threshold } = this.#instruments;
    const { times } = state;
    time.catchUp();
    const end = times[Time.beat] ?? 0;
    const idle = (times[Time.idle] ?? 0) - this.#idleBefore;
    const busy = end - this.#began - idle;
    const duration = busy - time.lost;
    const starved = this.#starved;
    const collecting = (times[Time.collecting] ?? 0) - this.#collectingBefore;
    const nobodys = starved + this.#collectorStarved(busy - starved, collecting);
    if (this.#isPaused || duration - nobodys < threshold) return undefined;
    const wasAsked = this.#wasAsked;
    const verdict = judge({ samples: this.#samples, end, duration, starved, collecting, threshold, wasAsked });
    if (verdict === undefined) return undefined;
    return { verdict, duration, age: now() - end + duration, wasWarnedOf: this.#wasWarnedOf };
  }

  /** Warns while the block goes on, when it is time: nobody can say whether it will ever be over. */
  warnIfStill(): void {
    const duration = this.#age;
    if (duration < this.#warnsAt || this.#isPaused || !this.#goesOn()) return;
    const starved = this.#starved;
    if (duration - starved < this.#warnsAt || this.#starves(duration)) return;
    this.#warnsAt *= PATIENCE_FACTOR;
    const { threshold } = this.#instruments;
    const verdict = judge({
      samples: this.#samples,
      end: now(),
      duration,
      starved,
      collecting: 0,
      threshold,
      wasAsked: this.#wasAsked,
    });
    if (verdict === undefined) return;
    writeError(stillBlockedWarning({ ...verdict, duration }));
    this.#wasWarnedOf = true;
  }

  get #age(): number {
    return now() - this.#began - this.#instruments.time.lost;
  }

  #goesOn(): boolean {
    const { words } = this.#instruments.state;
    return Atomics.load(words, Word.beats) === this.#beats && Atomics.load(words, Word.wish) === Wish.watch;
  }

  async #sample(inspection: Inspection): Promise<void> {
    const { state } = this.#instruments;
    if (this.#isPaused || this.#samples.length === MOST_LOOKS) return;
    this.#wasAsked = true;
    this.#noteCallbacks(state);
    Atomics.add(this.#instruments.looks, 0, 1);
    const id = this.#instruments.nextSample();
    const starved = this.#starved;
    const asksForTick = this.#samples.at(-1)?.isAmongTicks ?? false;
    const inspected = await inspection.ask(id, this.#beats, asksForTick);
    if (inspected === undefined) return;
    this.#samples.push(new Sample(id, inspected, asksForTick, starved, this.#starved - starved));
    this.#isPaused ||= inspected.isPaused;
  }

  /** At which age of the block the next look comes. */
  #nextLook(): number {
    const age = this.#age;
    const { length } = this.#samples;
    const isQuick = length < QUICK_LOOKS || (length < QUICK_LOOKS_FOR_CULPRIT && !this.#samples.some(hasCulprit));
    return isQuick ? age + QUICK_MS : age * 2;
  }

  #noteCallbacks({ times }: SharedState): void {
    const microtask = times[Time.microtask] ?? 0;
    const tick = times[Time.tick] ?? 0;
    for (const sample of this.#samples) {
      if (sample.microtask === undefined && microtask > sample.at) sample.microtask = microtask;
      if (sample.tick === undefined && tick > sample.at) sample.tick = tick;
    }
  }

  /** For how long the loop's thread had something to do and no processor: of that the kernel tells when it gets one. */
  get #starved(): number {
    return this.#instruments.loopThread.waitedSinceNote();
  }

  /**
   * For how long V8's own threads had garbage to collect and no processor, while the loop's thread waited for them: all
   * that is known of it is that no thread of the process had one then.
   */
  #collectorStarved(active: number, collecting: number): number {
    const { times } = this.#instruments.state;
    const processor = (times[Time.processor] ?? 0) - this.#processorBefore;
    // Windows counts it in steps of 15 milliseconds.
    return process.platform === 'win32' ? 0 : Math.min(collecting, Math.max(0, active - processor));
  }

  /** Whether it has hardly had a processor, and still waits for one. */
  #starves(duration: number): boolean {
    const { loopThread } = this.#instruments;
    return loopThread.wantsProcessor() === true && loopThread.ranSinceNote() < duration / 10;
  }
}

function hasCulprit({ frames }: Sample): boolean {
  return culpritOf(frames) !== undefined;
}
