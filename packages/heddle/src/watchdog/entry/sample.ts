import { framesOf } from '../frames-of.ts';
import type { StackFrame } from '../stack-frame.ts';
import type { Inspected } from './inspection.ts';

/** V8 answers at once from JavaScript; after this long, what it ran was native code. */
const LATE_MS = 10;
const MOSTLY = 0.8;

/** One look at the loop's thread while it was blocked. */
export class Sample {
  readonly id: number;
  readonly asked: number;
  readonly at: number;
  readonly isPaused: boolean;
  /** Whether a callback of `process.nextTick` was asked for. */
  readonly asksForTick: boolean;
  readonly #inspected: Inspected;
  /** For how many milliseconds of the block the thread had had no processor when it was asked. */
  readonly starvedBefore: number;
  readonly #starved: number;
  #collecting = 0;
  #frames: StackFrame[] | undefined;
  /** When promises' callbacks ran that were there to be run since this look; `undefined` while they have not. */
  microtask: number | undefined = undefined;
  /** The same for `process.nextTick`. */
  tick: number | undefined = undefined;

  /**
   * @param starvedBefore for how many milliseconds the thread had had no processor in this block until it was asked
   * @param starved the same from then on, until it answered
   */
  constructor(id: number, inspected: Inspected, asksForTick: boolean, starvedBefore: number, starved: number) {
    this.id = id;
    this.asksForTick = asksForTick;
    this.starvedBefore = starvedBefore;
    this.#starved = starved;
    this.asked = inspected.asked;
    this.at = inspected.at;
    this.isPaused = inspected.isPaused;
    this.#inspected = inspected;
  }

  /** Whether the answer was so long in coming that the thread must have been in native code, which has returned. */
  get isLate(): boolean {
    return this.#hadToWait && this.#collecting < this.#wait * MOSTLY;
  }

  /** While garbage is collected, V8 does not answer either. */
  excuse(collecting: number): void {
    this.#collecting = collecting;
  }

  /** Since when the thread was doing what it was met in: until it answers, nothing else can have begun. */
  get since(): number {
    return this.at - this.#wait;
  }

  /** The same on a scale that stands still while the thread has no processor. */
  get activeSince(): number {
    return Math.min(this.asked, this.at) - this.starvedBefore;
  }

  get #hadToWait(): boolean {
    return this.#wait > LATE_MS;
  }

  get #wait(): number {
    return Math.max(0, this.at - this.asked - this.#starved);
  }

  /** Until when, as far as anybody knows, the function went on that ran here. */
  lastsUntil(end: number): number {
    return Math.min(this.microtask ?? end, this.tick ?? end, end);
  }

  /** Whether callbacks of promises or of `process.nextTick` are under way. */
  get isAmongTicks(): boolean {
    return this.#inspected.compiled.includes('processTicksAndRejections');
  }

  /**
   * The calls that were under way. After native code has returned, those are left out that are no reason for the time it
   * took: V8 answers where the next function begins.
   */
  get frames(): readonly StackFrame[] {
    this.#frames ??= this.#read();
    return this.#frames;
  }

  #read(): StackFrame[] {
    const { compiled, mapped, isFresh } = this.#inspected;
    const frames = framesOf(compiled, { isMapped: false });
    const inSource = mapped === '' ? [] : framesOf(mapped, { isMapped: true });
    const all = frames.length === inSource.length ? frames.map((frame, index) => led(frame, inSource[index])) : frames;
    const [first] = all;
    const isNoReason = isFresh || (first?.origin === 'node' && first.functionName === '');
    return this.#hadToWait && isNoReason ? all.slice(1) : all;
  }
}

/** A frame with the place that Node's own source map leads to, and with where V8 sees it. */
function led(frame: StackFrame, inSource: StackFrame | undefined): StackFrame {
  if (inSource === undefined) return frame;
  const { script, scriptLine, scriptColumn } = frame;
  return { ...inSource, script, scriptLine, scriptColumn };
}
