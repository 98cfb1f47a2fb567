import { isMainThread } from 'node:worker_threads';
import { queueMicrotask } from '../defer/node-timers.ts';
import { outsideOfCalls } from '../defer/outside-of-calls.ts';
import type { BlockedLoop } from './blocked-loop.ts';
import { beginLog, endLog, frameOfCall, lastCall } from './dispatch-log.ts';
import { LoopNotWatchableError } from './errors.ts';
import { Grab } from './grab.ts';
import { inspectorRefusal } from './inspector-access.ts';
import { Heartbeat } from './heartbeat.ts';
import { LongJobs } from './long-jobs.ts';
import { type CompleteWatchOptions, completeWatchOptions, type WatchOptions } from './options.ts';
import { createSharedState, type SharedState } from './shared-state.ts';
import { figuresOfThisThread } from './thread-figures.ts';
import { blockedWarning } from './warning-text.ts';
import type { BlockReport, WatcherMessage } from './watcher-messages.ts';
import { WatcherThread } from './watcher-thread.ts';
import { warnWithoutStacks } from './without-stacks.ts';
import { writeError } from './write-error.ts';

/** A watch that is on. `using` ends it with the block that it is made in. */
export interface LoopWatch {
  /** Ends the watch: nothing is reported any more, not even a block that goes on now. */
  stop(): void;
  [Symbol.dispose](): void;
}

/**
 * Watches the event loop of this process from a thread of its own, and says who keeps it from turning: which function,
 * which line, for how long and how often. It can be left on in production.
 *
 * While the loop is blocked, the watching thread interrupts it for a tenth of a millisecond to take the stack of what
 * runs. Where a call into native code does not let itself be interrupted, the stack is taken when it returns.
 *
 * It keeps no process from ending, and a process ends as it would without it. Several watches may be on at once.
 *
 * @param options whom to tell, and from which time on: see {@link WatchOptions}
 * @throws LoopNotWatchableError in a worker thread: only a process's own loop can be watched
 * @throws InvalidArgumentError when an option cannot be what it is given as
 *
 * @example
 * ```ts
 * import { watchLoop } from 'heddle/watchdog';
 *
 * const watch = watchLoop({
 *   threshold: 100,
 *   onBlocked: ({ duration, culprit }) => console.error(`${Math.round(duration)} ms: ${culprit?.text}`),
 * });
 * watch.stop();
 * ```
 */
export function watchLoop(options: WatchOptions = {}): LoopWatch {
  const complete = completeWatchOptions(options);
  if (!isMainThread) {
    throw new LoopNotWatchableError(
      'watchLoop was called in a worker thread, whose loop cannot be watched: call it in the main thread, whose pool threads jobLimit watches as well.',
    );
  }
  // It outlives the call that it is made in.
  return outsideOfCalls(() => new Watch(complete));
}

/** Those that are on: one listener for all, of which a process can have many. */
const watches = new Set<Watch>();

function finishAll(): void {
  for (const watch of watches) watch.finish();
}

class Watch implements LoopWatch {
  readonly #options: CompleteWatchOptions;
  readonly #state: SharedState = createSharedState();
  readonly #loopFigures: string = figuresOfThisThread();
  readonly #grab: Grab | undefined;
  readonly #heartbeat: Heartbeat;
  readonly #longJobs: LongJobs | undefined;
  /** Undefined where Node allows no threads. */
  #thread: WatcherThread | undefined;
  #looksTold = 0;
  #blocks = 0;
  #isOn = true;

  constructor(options: CompleteWatchOptions) {
    this.#options = options;
    const refusal = inspectorRefusal();
    if (refusal === undefined) this.#grab = new Grab(this.#state, options.context);
    else warnWithoutStacks(refusal);
    this.#heartbeat = new Heartbeat(this.#state, options.threshold, () => this.#beats());
    this.#thread = this.#startThread();
    if (options.jobLimit !== Number.POSITIVE_INFINITY)
      this.#longJobs = new LongJobs(options.jobLimit, options.onLongJob);
    beginLog();
    if (watches.size === 0) process.on('exit', finishAll);
    watches.add(this);
  }

  stop(): void {
    if (!this.#isOn) return;
    this.#isOn = false;
    this.#thread?.stop();
    this.#end();
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  #startThread(): WatcherThread | undefined {
    const { threshold, onBlocked } = this.#options;
    const hasListener = onBlocked !== undefined;
    try {
      return new WatcherThread(
        { state: this.#state, threshold, loopFigures: this.#loopFigures, grabName: this.#grab?.name, hasListener },
        (message) => this.#receive(message),
        (error) => this.#goOnAlone(error),
      );
    } catch (error) {
      warnWithoutStacks(error);
      return undefined;
    }
  }

  /** The process ends. */
  finish(): void {
    if (!this.#isOn) return;
    const { age } = this.#heartbeat;
    const isBlocked = age >= this.#options.threshold;
    if (isBlocked) this.#heartbeat.beatLast();
    if (this.#thread !== undefined) this.#thread.finish(isBlocked);
    else if (isBlocked) this.#wasBlocked(age);
    this.#isOn = false;
    this.#end();
  }

  #end(): void {
    watches.delete(this);
    if (watches.size === 0) process.off('exit', finishAll);
    this.#heartbeat.stop();
    this.#longJobs?.stop();
    this.#grab?.remove();
    endLog();
  }

  #goOnAlone(error: unknown): void {
    this.#thread = undefined;
    if (this.#isOn) warnWithoutStacks(error);
  }

  /** The loop turns; the watcher does not know it yet. */
  #beats(): void {
    const { age } = this.#heartbeat;
    if (age < this.#options.threshold) return;
    if (this.#thread === undefined) return queueMicrotask(() => this.#wasBlocked(age));
    const call = lastCall();
    if (call === undefined || call.looks === this.#looksTold) return undefined;
    this.#looksTold = call.looks;
    this.#thread.tell({ frame: frameOfCall(call.called) });
    return undefined;
  }

  /** Without a watcher, this is all that can be said. */
  #wasBlocked(duration: number): void {
    if (!this.#isOn) return;
    const block: BlockedLoop = {
      began: Date.now() - duration,
      duration,
      kind: 'unknown',
      stack: [],
      culprit: undefined,
      count: ++this.#blocks,
      context: undefined,
    };
    const { onBlocked } = this.#options;
    if (onBlocked === undefined) writeError(blockedWarning(block, { times: 0, time: 0 }));
    else onBlocked(block);
  }

  #receive(message: WatcherMessage): void {
    if (message.kind === 'blind') return warnWithoutStacks(message.reason);
    if (message.kind === 'forget') return this.#grab?.forgetStores(message.lastSample);
    return this.#report(message.report);
  }

  #report({ sample, lastSample, ...report }: BlockReport): void {
    const context = this.#grab?.storeOf(sample);
    this.#grab?.forgetStores(lastSample);
    if (this.#isOn) this.#options.onBlocked?.({ ...report, context });
  }
}
