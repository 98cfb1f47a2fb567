import { AsyncResource } from 'node:async_hooks';
import { onAbort } from '../defer/abort-watch.ts';
import { Deferred, observe, toDeferred } from '../defer/deferred.ts';
import { CancelledError, NotPausedError } from '../defer/errors.ts';
import { Failure, isFailure } from '../defer/failure.ts';
import { fail } from '../defer/succeed.ts';
import { isThenable } from '../defer/thenable.ts';
import { SchedulerStopped, TaskDone, TaskFailed, TaskStopped } from './errors.ts';
import { type AnyIterator, close, iteratorOf, type Pieces, requireStep } from './pieces.ts';
import type { Waiting } from './ready-line.ts';

/** The cooperator, as its work sees it. */
export interface WorkOwner {
  /** The work can be given turns. */
  ready(work: Work): void;
  /** The work can be given no turns now, if it could before. */
  held(work: Work): void;
  /** The work has come to its end. */
  ended(work: Work): void;
  /** The work has something to say when the turn of the loop is over. */
  progressed(work: Work): void;
}

export interface WorkOptions {
  readonly priority: number;
  readonly timeSlice: number;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((value: unknown) => void) | undefined;
}

/** How work ended, as the error that later calls on its task are answered with. */
type End = TaskDone | TaskFailed | TaskStopped | SchedulerStopped;

/** An iterator on its way from piece to piece, with everything that can hold it up or end it. */
export class Work implements Waiting<Work> {
  readonly priority: number;
  /** Milliseconds that this work may take in one turn of the loop. */
  readonly timeSlice: number;
  /** Milliseconds that it has taken in this turn, where it may not take all. */
  taken: number = 0;
  ring: Waiting<Work>['ring'];
  after: Work = this;
  before: Work = this;
  lastTurn: number = 0;
  readonly #owner: WorkOwner;
  readonly #iterator: AnyIterator;
  /** The async context of the place that began the work, in which its pieces run. */
  readonly #scope = new AsyncResource('HeddleTask', { requireManualDestroy: true });
  readonly #onProgress: ((value: unknown) => void) | undefined;
  readonly #waiters = new Set<Deferred<unknown>>();
  #pauses = 0;
  /** Whether a Deferred or a promise that the iterator gave is pending. */
  #waits = false;
  /** Whether the iterator's code runs at this moment; it cannot be closed then. */
  #stepping = false;
  /** What the iterator gets with its next step: the value of the Deferred it has waited for. */
  #sent: unknown;
  #end: End | undefined;
  #result: unknown;
  /** Reports the failure of work whose end nobody has asked for. */
  #unasked: Deferred<never> | undefined;
  #progress: unknown;
  #hasProgressed = false;
  #removeListener: () => void = () => {};

  /** @throws InvalidArgumentError when `pieces` cannot be iterated over */
  constructor(owner: WorkOwner, pieces: Pieces<unknown>, options: WorkOptions) {
    this.#owner = owner;
    this.priority = options.priority;
    this.timeSlice = options.timeSlice;
    this.#onProgress = options.onProgress;
    this.#iterator = iteratorOf(pieces);
    if (options.signal !== undefined) this.#watch(options.signal);
  }

  get isEnded(): boolean {
    return this.#end !== undefined;
  }

  get isReady(): boolean {
    return this.#end === undefined && this.#pauses === 0 && !this.#waits;
  }

  /** @param owns whether a cancel ends the work, and not only the wait for it */
  whenDone(owns: boolean = false): Deferred<unknown> {
    const done: Deferred<unknown> = owns
      ? new Deferred<unknown>((_, reason) => this.#cancel(reason))
      : new Deferred<unknown>(() => this.#waiters.delete(done));
    if (this.#end === undefined) {
      this.#waiters.add(done);
    } else {
      this.#unasked?.addErrback(() => undefined);
      this.#unasked = undefined;
      fire(done, this.#result);
    }
    return done;
  }

  pause(): void {
    this.#requireGoing();
    if (this.#pauses++ === 0) this.#owner.held(this);
  }

  resume(): void {
    if (this.#pauses === 0) {
      throw new NotPausedError('This task is not paused: resume() was called more often than pause().');
    }
    this.#pauses--;
    if (this.isReady) this.#owner.ready(this);
  }

  stop(): void {
    this.#requireGoing();
    this.#endEarly(new TaskStopped(), new TaskStopped());
  }

  /** For the cooperator: it was stopped, or is stopped already. */
  stopWithScheduler(): void {
    if (this.#end === undefined) this.#endEarly(new SchedulerStopped(), new SchedulerStopped());
  }

  /** For the cooperator: it can give no turns. */
  failWithScheduler(error: unknown): void {
    if (this.#end === undefined) this.#endEarly(new TaskFailed(error), error);
  }

  /** Makes one step. */
  runOnce(): void {
    this.#scope.runInAsyncScope(this.#step, this);
  }

  /** Makes steps as long as `goesOn` says and the work can. */
  run(goesOn: (work: Work) => boolean): void {
    this.#scope.runInAsyncScope(this.#steps, this, goesOn);
  }

  /** Tells how far the work has come, if there is news. */
  report(): void {
    if (!this.#hasProgressed) return;
    this.#hasProgressed = false;
    try {
      this.#scope.runInAsyncScope(this.#onProgress as (value: unknown) => void, undefined, this.#progress);
    } catch (error) {
      if (this.#end === undefined) this.#endEarly(new TaskFailed(error), error);
    }
  }

  #steps(goesOn: (work: Work) => boolean): void {
    do this.#step();
    while (goesOn(this));
  }

  #step(): void {
    let step: unknown;
    let isPromised: boolean;
    this.#stepping = true;
    try {
      step = this.#iterator.next(this.#sent as undefined);
      // What an asynchronous iterator gives is no step yet, but a promise of one.
      isPromised = (step as Partial<IteratorResult<unknown>> | null)?.done === undefined && isThenable(step);
    } catch (error) {
      this.#stepping = false;
      this.#threw(error);
      return;
    }
    this.#stepping = false;
    this.#sent = undefined;
    const hasEnded = this.#end !== undefined;
    if (isPromised) this.#awaitStep(step as PromiseLike<unknown>);
    else if (!hasEnded) this.#take(step);
    // The piece has ended the work itself.
    if (hasEnded && (step as Partial<IteratorResult<unknown>> | undefined)?.done !== true) this.#close();
  }

  #take(step: unknown): void {
    let done: boolean | undefined;
    let value: unknown;
    try {
      ({ done, value } = requireStep(step));
    } catch (error) {
      this.#threw(error);
      return;
    }
    let awaited: Deferred<unknown> | undefined;
    try {
      if (isThenable(value)) awaited = toDeferred(value);
    } catch (error) {
      // It has a `then` of its own that is not to be looked at.
      if (done === true) this.#threw(error);
      else this.#endEarly(new TaskFailed(error), error);
      return;
    }
    if (awaited !== undefined) {
      this.#waitFor(awaited, done === true ? this.#finish : this.#send);
    } else if (done === true) {
      this.#finish(value);
    } else if (value === undefined) {
      // Nothing but the end of a piece.
    } else if (this.#onProgress !== undefined) {
      this.#progress = value;
      if (!this.#hasProgressed) this.#owner.progressed(this);
      this.#hasProgressed = true;
    }
  }

  #send(value: unknown): void {
    this.#sent = value;
  }

  #awaitStep(promise: PromiseLike<unknown>): void {
    this.#waits = true;
    this.#owner.held(this);
    observe(
      toDeferred(promise),
      (result): undefined => {
        this.#waits = false;
        // It was closed when it ended. What fails after that has mostly been given up with the task, by the same signal.
        if (this.#end !== undefined) return;
        if (result instanceof Failure) this.#threw(result);
        else this.#scope.runInAsyncScope(this.#take, this, result);
        if (this.isReady) this.#owner.ready(this);
      },
      true,
    );
  }

  /** Holds the work until `awaited` has a result; its value goes to `proceed`, its failure ends the work. */
  #waitFor(awaited: Deferred<unknown>, proceed: (value: unknown) => void): void {
    this.#waits = true;
    this.#owner.held(this);
    observe(
      awaited,
      (result): undefined => {
        this.#waits = false;
        if (this.#end !== undefined) return;
        if (result instanceof Failure) this.#endEarly(new TaskFailed(result.value), result);
        else this.#scope.runInAsyncScope(proceed, this, result);
        if (this.isReady) this.#owner.ready(this);
      },
      true,
    );
  }

  #threw(error: unknown): void {
    const failure = isFailure(error) ? error : new Failure(error);
    if (this.#end === undefined) this.#complete(new TaskFailed(failure.value), failure);
    else fail(failure);
  }

  #finish(value: unknown): void {
    if (this.#hasProgressed) this.report();
    if (this.#end === undefined) this.#complete(new TaskDone(), value);
  }

  /** Ends the work although its iterator would go on. */
  #endEarly(end: End, reason: unknown): void {
    this.#complete(end, reason instanceof Failure ? reason : new Failure(reason));
    if (!this.#stepping) this.#close();
  }

  #complete(end: End, result: unknown): void {
    this.#end = end;
    this.#result = result;
    this.#owner.held(this);
    this.#hasProgressed = false;
    this.#removeListener();
    this.#owner.ended(this);
    if (this.#waiters.size === 0 && end instanceof TaskFailed) this.#unasked = fail(result);
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const waiter of waiters) fire(waiter, result);
  }

  /** Lets the iterator run its `finally`. What that throws, nobody else can hear of. */
  #close(): void {
    toDeferred(this.#scope.runInAsyncScope(close, undefined, this.#iterator));
  }

  #watch(signal: AbortSignal): void {
    const abort = (): void => {
      this.#cancel(new CancelledError('The task was stopped: its signal was aborted.', { cause: signal.reason }));
    };
    if (signal.aborted) {
      abort();
      return;
    }
    this.#removeListener = onAbort(signal, abort);
  }

  #cancel(reason: CancelledError): void {
    if (this.#end === undefined) this.#endEarly(new TaskStopped(), reason);
  }

  #requireGoing(): void {
    if (this.#end !== undefined) throw this.#end;
  }
}

function fire(waiter: Deferred<unknown>, result: unknown): void {
  // Whoever asked may have fired it himself.
  if (waiter.called) return;
  if (result instanceof Failure) waiter.errback(result);
  else waiter.callback(result);
}
