import { now } from '../../defer/node-timers.ts';
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { culpritOfCall } from '../culprit.ts';
import type { StackFrame } from '../stack-frame.ts';
import { Time, Wish, Word } from '../shared-state.ts';
import { ThreadFigures } from '../thread-figures.ts';
import { blockedWarning } from '../warning-text.ts';
import type { BlockReport, DispatchedCall, WatcherData, WatcherMessage } from '../watcher-messages.ts';
import { writeError } from '../write-error.ts';
import { type BlockInstruments, BlockWatch, type EndedBlock } from './block-watch.ts';
import { placeKey, type Verdict } from './evidence.ts';
import { Inspection } from './inspection.ts';
import { OwnTime } from './own-time.ts';
import { Places } from './places.ts';

/** How long a block goes on before it is warned of while it does; more where the program wants to hear of it itself. */
const PATIENCE_MS = 1_000;
const PATIENCE_FOR_LISTENER_MS = 5_000;

/** Watches the loop of another thread: what a watching thread does. */
export async function startWatcher(data: WatcherData): Promise<void> {
  const watcher = new Watcher(data);
  await watcher.watch();
}

class Watcher {
  readonly #data: WatcherData;
  readonly #port: MessagePort;
  readonly #time: OwnTime;
  readonly #loopThread: ThreadFigures;
  /** Undefined where the loop's thread cannot be asked. */
  #inspection: Inspection | undefined;
  readonly #places = new Places();
  readonly #instruments: BlockInstruments;
  #block: BlockWatch | undefined;
  #beats = -1;
  #samples = 0;

  constructor(data: WatcherData) {
    const { state, looks, threshold, grabName, processId, loopFigures, hasListener, port } = data;
    this.#data = data;
    this.#port = port;
    this.#time = new OwnTime(state);
    this.#loopThread = ThreadFigures.ofProcess(processId, loopFigures);
    if (grabName !== undefined) {
      this.#inspection = new Inspection(state, this.#time, grabName, () => this.#block?.warnIfStill());
    }
    this.#instruments = {
      state,
      looks,
      time: this.#time,
      loopThread: this.#loopThread,
      threshold,
      patience: hasListener ? PATIENCE_FOR_LISTENER_MS : PATIENCE_MS,
      nextSample: () => ++this.#samples,
    };
  }

  async watch(): Promise<void> {
    const { words } = this.#data.state;
    await this.#tryInspection();
    while (Atomics.load(words, Word.wish) === Wish.watch) {
      const left = this.#left();
      if (left > 0) this.#time.sleep(left);
      else await this.#watchBlock();
      Atomics.store(words, Word.busy, 0);
    }
    this.#loopThread.close();
    this.#time.close();
    this.#port.close();
    Atomics.store(words, Word.done, 1);
    Atomics.notify(words, Word.done);
  }

  /** How long the present turn of the loop may still take. As little as can be: it is asked all the time. */
  #left(): number {
    const { state, threshold } = this.#data;
    this.#time.catchUp();
    const beats = Atomics.load(state.words, Word.beats);
    const beat = state.times[Time.beat] ?? 0;
    if (beats !== this.#beats) {
      this.#beats = beats;
      this.#time.countFrom(beat);
      // Those of the turn that the watch was made in were noted by the loop's thread: it began before this one.
      if (beats > 0) this.#loopThread.note();
    }
    return beat + threshold + this.#time.lost - now();
  }

  async #watchBlock(): Promise<void> {
    Atomics.store(this.#data.state.words, Word.busy, 1);
    const block = new BlockWatch(this.#instruments, this.#beats);
    this.#block = block;
    await block.look(this.#inspection);
    this.#block = undefined;
    const dispatched = this.#dispatched();
    if (Atomics.load(this.#data.state.words, Word.wish) === Wish.stop) return;
    const ended = block.end();
    if (ended === undefined) this.#tell({ kind: 'forget', lastSample: this.#samples });
    else this.#report(ended, dispatched);
  }

  #report({ verdict, duration, age, wasWarnedOf }: EndedBlock, dispatched: DispatchedCall | undefined): void {
    const { kind, stack, culprit, sample } = named(verdict, dispatched);
    const key = placeKey(culprit);
    const report: BlockReport = {
      began: Date.now() - age,
      duration,
      kind,
      stack,
      culprit,
      count: this.#places.count(key),
      sample,
      lastSample: this.#samples,
    };
    if (this.#data.hasListener) return this.#tell({ kind: 'block', report });
    this.#tell({ kind: 'forget', lastSample: this.#samples });
    // Nobody's code is to blame for that one alone.
    if (kind === 'garbage collection') return undefined;
    const leftOut = this.#places.warns(key, duration, now(), wasWarnedOf);
    if (leftOut !== undefined) writeError(blockedWarning(report, leftOut));
    return undefined;
  }

  /** What the loop's thread has told before it turned. */
  #dispatched(): DispatchedCall | undefined {
    let last: DispatchedCall | undefined;
    for (;;) {
      const next = receiveMessageOnPort(this.#port) as { message: DispatchedCall } | undefined;
      if (next === undefined) return last;
      last = next.message;
    }
  }

  async #tryInspection(): Promise<void> {
    try {
      await this.#inspection?.try();
    } catch (error) {
      this.#inspection = undefined;
      this.#tell({ kind: 'blind', reason: error instanceof Error ? error.message : String(error) });
    }
  }

  #tell(message: WatcherMessage): void {
    this.#port.postMessage(message, []);
  }
}

/** Where no stack could be had, or what ran has left it already, Heddle's own dispatch may know what it called. */
function named(verdict: Verdict, dispatched: DispatchedCall | undefined): Verdict {
  const { culprit, stack } = verdict;
  const isKnown = culprit !== undefined && culprit.callee !== 'heddle';
  if (isKnown || dispatched === undefined) return verdict;
  const { frame } = dispatched;
  return { ...verdict, stack: [frame, ...stack.slice(stack.findIndex(isHeddles))], culprit: culpritOfCall(frame) };
}

function isHeddles({ origin }: StackFrame): boolean {
  return origin === 'heddle';
}
