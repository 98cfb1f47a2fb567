import type { TimeSource } from '../../defer/clock.ts';
import { appendToStack, showAwaiters } from '../../defer/awaiting-stack.ts';
import { callersOf } from '../../defer/debug.ts';
import { type CancelTarget, type Deferred, deferredOf, isDeferred } from '../../defer/deferred.ts';
import { CancelledError } from '../../defer/errors.ts';
import { Failure } from '../../defer/failure.ts';
import { setImmediate } from '../../defer/node-timers.ts';
import { onAbort } from '../../defer/abort-watch.ts';
import type { Place } from '../../defer/waiting-line.ts';
import { functionName } from '../wire/function-name.ts';
import { CallTerms, NO_TERMS } from './call-terms.ts';
import type { CallOptions, OnCancel } from '../options.ts';
import type { MoreItems } from '../wire/messages.ts';
import type { KeyLine } from '../pool/keyed-jobs.ts';
import type { Callable } from '../callable/resolve.ts';
import type { PoolRecord } from '../observing/pool-record.ts';
import { TimeLimits } from './time-limits.ts';
import type { TellWhereabouts } from '../connection/whereabouts.ts';
import { UnclonableError } from '../wire/errors/unclonable-error.ts';

/** Whoever has the job at the moment, and can be told that nobody wants it any more. */
export interface JobHolder {
  release(job: Job): void;
  /** Whether a thread has begun the job. */
  hasBegun(job: Job): boolean;
  /** Whether a thread has done the job, whose result has not been heard of yet. */
  isDone(job: Job): boolean;
  /** For how many milliseconds the job's function has been running; `undefined` where no thread has the job. */
  runTimeOf(job: Job): number | undefined;
  /** Tells a job that has begun what becomes of its items. Only a thread can. */
  tellOfItems?(job: Job, items: MoreItems | 'none'): void;
  /** A job that has begun has sent what is wanted ahead, and does nothing until some of it is taken. */
  waitsForTaker?(job: Job): void;
  /** Asks where in the code a job is that a thread has begun. Gives what takes the question back. */
  whereIs?(job: Job, tell: TellWhereabouts): (() => void) | undefined;
}

/** Stands in a stack between the frames of a thread and those of its caller. */
const THREAD_BOUNDARY = '    at <thread>';

/** In milliseconds; negative until a thread has answered. */
interface JobTimes {
  readonly waited: number;
  readonly ran: number;
  /** The processor time of it, where that was measured. */
  readonly cpu: number | undefined;
}

const NOT_RUN: JobTimes = { waited: -1, ran: -1, cpu: undefined };

const NONE: readonly unknown[] = [];

/** One count for all copies of the library in a thread: who listens to their events tells calls apart by their numbers. */
const count: { last: number } = ((globalThis as unknown as Record<symbol, { last: number } | undefined>)[
  Symbol.for('heddle.calls.1')
] ??= { last: 0 });

/**
 * One call: from the moment it is made to its one outcome. Every outcome,
 * whoever brings it, passes through {@link Job.settle}.
 */
export class Job implements CancelTarget {
  readonly id: number = ++count.last;
  readonly f: Function;
  /** None when it has an outcome: whoever keeps its error may keep the job. */
  args: readonly unknown[];
  readonly callable: Callable | Promise<Callable>;
  readonly deferred: Deferred<unknown>;
  /** The queue, a thread, or nobody when the job has been refused or is done. */
  holder: JobHolder | undefined = undefined;
  /** Where the thread that has the job keeps it. */
  slot = -1;
  /** The job's place in the order in which threads got theirs. */
  turn = 0;
  /** The job's neighbours while it waits in the queue. */
  previous: Job | undefined = undefined;
  next: Job | undefined = undefined;
  /** When the call was made, as the pool counts the time. */
  readonly madeAt: number;
  readonly #record: PoolRecord;
  #times: JobTimes = NOT_RUN;
  #terms: Readonly<CallTerms> = NO_TERMS;
  #settled = false;

  constructor(
    f: Function,
    callable: Callable | Promise<Callable>,
    args: readonly unknown[],
    record: PoolRecord,
    now: number,
  ) {
    this.f = f;
    this.callable = callable;
    this.args = args;
    this.#record = record;
    this.madeAt = now;
    record.jobWasMade();
    this.deferred = deferredOf(this);
  }

  get settled(): boolean {
    return this.#settled;
  }

  get functionName(): string {
    return nameOf(this.f);
  }

  /** Milliseconds before the job began; negative until a thread has answered. */
  get waitTime(): number {
    return this.#times.waited;
  }

  /** Milliseconds that it ran; negative until a thread has answered. */
  get runTime(): number {
    return this.#times.ran;
  }

  /** Milliseconds of processor time that it took, where that was measured. */
  get cpuTime(): number | undefined {
    return this.#times.cpu;
  }

  /** Which jobs it goes before while it waits. */
  get priority(): number {
    return this.#terms.priority;
  }

  set priority(priority: number) {
    this.#ownTerms().priority = priority;
  }

  get onCancel(): OnCancel {
    return this.#terms.onCancel;
  }

  get grace(): number {
    return this.#terms.grace;
  }

  get key(): unknown {
    return this.#terms.key;
  }

  get line(): KeyLine | undefined {
    return this.#terms.line;
  }

  set line(line: KeyLine | undefined) {
    this.#ownTerms().line = line;
  }

  get placeInLine(): Place<Job> | undefined {
    return this.#terms.placeInLine;
  }

  set placeInLine(place: Place<Job> | undefined) {
    this.#ownTerms().placeInLine = place;
  }

  set madeBy(caller: Error) {
    this.#ownTerms().madeBy = caller;
  }

  get sendsItems(): boolean {
    return this.#terms.sendsItems;
  }

  set sendsItems(sendsItems: boolean) {
    this.#ownTerms().sendsItems = sendsItems;
  }

  set wasSeen(wasSeen: boolean) {
    this.#ownTerms().wasSeen = wasSeen;
  }

  /** Sets the order in which the job may run, and the limits under which the caller still wants the result. */
  limit(options: CallOptions, time: TimeSource): void {
    const { signal, priority, key, onCancel, grace } = options;
    if (priority !== undefined) this.priority = priority;
    if (key !== undefined) this.#ownTerms().key = key;
    if (onCancel !== undefined) this.#ownTerms().onCancel = onCancel;
    if (grace !== undefined) this.#ownTerms().grace = grace;
    if (signal !== undefined) {
      this.#ownTerms().stopListening = onAbort(
        signal,
        () => this.abandon(abortedBy(signal)),
        () => this.#progress(),
      );
    }
    if (TimeLimits.areIn(options)) this.#ownTerms().timeLimits = new TimeLimits(this, options, time);
  }

  /** A thread is about to get the job, for the first time or again. */
  getsTurn(turn: number): void {
    this.#record.jobWasSent(this);
    this.turn = turn;
  }

  /** A thread has got the job, and will begin it as soon as it can. */
  wasSent(): void {
    this.#terms.timeLimits?.jobWasSent();
  }

  /** It has sent what is wanted ahead, and nobody takes any: it keeps neither its place nor the process meanwhile. */
  waitsForTaker(): void {
    if (this.#settled || this.#terms.isHeldUp) return;
    this.#ownTerms().isHeldUp = true;
    this.#record.jobIsHeldUp();
    this.holder?.waitsForTaker?.(this);
  }

  /** Items have been taken, or nobody wants any more. */
  goesOn(): void {
    if (!this.#terms.isHeldUp) return;
    this.#ownTerms().isHeldUp = false;
    this.#record.jobGoesOn();
  }

  /** A thread has answered. */
  hasRun(beganAt: number, microseconds: number, cpuMicroseconds: number): void {
    const cpu = cpuMicroseconds < 0 ? undefined : cpuMicroseconds / 1000;
    this.#times = { waited: Math.max(0, beganAt - this.madeAt), ran: microseconds / 1000, cpu };
    this.#record.jobHasRun(this);
  }

  /** Ends the call with a value or, as a Failure, with an error. The first outcome counts, later ones are dropped. */
  settle(result: unknown): void {
    if (this.#close()) this.#fire(result);
  }

  /** Ends the call with an error in a later turn: a refusal must not fire the Deferred before its caller has it. */
  refuse(error: unknown): void {
    this.holder = undefined;
    setImmediate(() => this.settle(new Failure(error)));
  }

  /** Ends the call with an error, and takes the job from whoever has it: what a cancel of its Deferred does. */
  abandon(reason: Error): void {
    const { holder } = this;
    if (!this.#close()) return;
    holder?.release(this);
    this.#fire(new Failure(reason));
  }

  /** The same, without grace: a thread that has begun the job is ended at once. */
  stop(reason: Error): void {
    const terms = this.#ownTerms();
    terms.onCancel = 'terminate';
    terms.grace = 0;
    this.abandon(reason);
  }

  /** Below 0 while it waits, the last one at a thread first: one that has begun may send those behind it elsewhere. */
  #progress(): number {
    if (this.holder?.runTimeOf(this) === undefined) return Number.MIN_SAFE_INTEGER;
    return this.holder.hasBegun(this) ? 0 : -this.turn;
  }

  #ownTerms(): CallTerms {
    if (this.#terms === NO_TERMS) this.#terms = new CallTerms();
    return this.#terms as CallTerms;
  }

  /** Makes this outcome the only one. */
  #close(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    this.holder = undefined;
    this.args = NONE;
    this.#terms.timeLimits?.stop();
    this.#terms.stopListening?.();
    this.goesOn();
    return true;
  }

  /** Below the frames of whatever ended the call, its error shows those of the program. */
  #showCaller(error: unknown): void {
    const { madeBy, wasSeen } = this.#terms;
    const boundary = this.runTime >= 0 || wasSeen ? THREAD_BOUNDARY : '';
    if (madeBy === undefined) showAwaiters(error, boundary);
    else if (error instanceof Error) appendToStack(error, boundary, callersOf(madeBy));
  }

  #fire(settled: unknown): void {
    const result = typeof settled === 'object' ? withoutDeferred(settled, this) : settled;
    if (result instanceof Failure) this.#showCaller(result.value);
    this.#record.jobHasSettled(this, result);
    // Somebody may have fired the Deferred by hand, which is their right.
    if (this.deferred.called) return;
    if (result instanceof Failure) this.deferred.errback(result);
    else this.deferred.callback(result);
  }
}

export function abortedBy(signal: AbortSignal): CancelledError {
  return new CancelledError('The call was cancelled: its signal was aborted.', { cause: signal.reason });
}

export function nameOf(f: unknown): string {
  return (typeof f === 'function' && functionName(f)) || 'an anonymous function';
}

/** A Deferred cannot be fired with another one, which a codec may have made. */
function withoutDeferred(result: unknown, job: Job): unknown {
  if (!isDeferred(result)) return result;
  const message = `The result of ${job.functionName} is a Deferred, and the call has one. Let its codec make what it will give.`;
  return new Failure(new UnclonableError(message));
}
