import { availableParallelism } from 'node:os';
import { inspect } from 'node:util';
import type { ScheduledCall, TimeSource } from '../../defer/clock.ts';
import { debugging, trace } from '../../defer/debug.ts';
import { Deferred } from '../../defer/deferred.ts';
import { setImmediate } from '../../defer/node-timers.ts';
import type { KeepAlive } from '../../reactor/keep-alive.ts';
import { functionName } from '../wire/function-name.ts';
import { prepareCallables } from '../callable/prepare.ts';
import { type Callable, isKnown, resolveCallable } from '../callable/resolve.ts';
import { resolveForEffect } from '../callable/wrapped.ts';
import type { OwnThread } from '../bound-object.ts';
import type { Connect } from '../connection/connection.ts';
import { AbsenceWarning } from './absence-warning.ts';
import { CrashRecord } from '../pool-thread/crash-record.ts';
import { Drain } from './drain.ts';
import { PoolFullError, PoolStoppedError } from '../errors.ts';
import { IdleWatch } from './idle-watch.ts';
import { abortedBy, Job, nameOf } from '../job/job.ts';
import {
  type CallOptions,
  type CallsOptions,
  type CompletePoolOptions,
  checkCallsOptions,
  checkPoolLimits,
  checkStopOptions,
  completePoolOptions,
  type PoolLimits,
  type StopOptions,
  type ThreadPoolOptions,
} from '../options.ts';
import { OwnThreads } from './own-threads.ts';
import { describeCall, type PoolCall } from './pool-call.ts';
import type { PoolThread, ThreadOwner } from '../pool-thread/pool-thread.ts';
import { PoolRecord } from '../observing/pool-record.ts';
import { PropagatedStores } from './propagated-stores.ts';
import { refusedCall } from './refused-call.ts';
import { requireStackRoom } from './stack-room.ts';
import { RunTimes } from '../pool-thread/run-times.ts';
import { type PoolStatistics, statisticsText } from '../observing/statistics.ts';
import { warnOfStuck } from '../pool-thread/stuck-thread.ts';
import { Team, type TeamOwner } from './team.ts';
import { Thread } from '../pool-thread/thread.ts';
import { isPromise } from '../wire/is-promise.ts';

/** What a kind of pool has of its own. */
export interface PoolParts {
  /** What its threads are made of. */
  connect(name: string, options: CompletePoolOptions): Connect;
  /** A pool of the same kind with one thread, for a bound object. */
  makeOwnThread(options: ThreadPoolOptions): PoolCore;
  /** What counts the time of the calls' limits. */
  time(): TimeSource;
  /** The time in milliseconds, from wherever; what `time` counts, too. */
  now(): number;
  /** The last thread of the pool, which was stopped, is gone. */
  hasStopped(): void;
}

/** Somebody who waits until the pool has stopped. */
interface WaitingForStop {
  readonly stopped: Deferred<void>;
  readonly keepsProcess: boolean;
  /** What ends the threads when the time for that is over, whether or not somebody still waits. */
  readonly deadline: ScheduledCall | undefined;
}

/** How a thread can get a function. @throws CallableError, or a promise rejected with one */
export type Resolve = (f: Function) => Callable | Promise<Callable>;

/** What is behind a pool's public face: takes calls, refuses them, and comes to an end. */
export class PoolCore {
  readonly options: CompletePoolOptions;
  readonly team: Team;
  drain: Drain = new Drain(() => this.#room());
  stores: PropagatedStores = new PropagatedStores();
  readonly #parts: PoolParts;
  readonly #keepAlive: KeepAlive;
  /** What has become of the calls, of those to bound objects as well. */
  record: PoolRecord;
  readonly #crashes: CrashRecord;
  readonly #runTimes = new RunTimes();
  readonly #idleWatch: IdleWatch;
  /** With so few calls waiting, it is time for more. */
  readonly #lowWater: number;
  readonly #waitingForStop: WaitingForStop[] = [];
  readonly #own = new OwnThreads(() => {
    if (this.#stopping) this.#endWhenDone();
  });
  #threadsMade = 0;
  #stopping = false;

  /** @throws InvalidArgumentError when an option cannot be what it is given as */
  constructor(parts: PoolParts, options: ThreadPoolOptions, keepAlive: KeepAlive) {
    this.#parts = parts;
    this.#keepAlive = keepAlive;
    this.options = completePoolOptions(options);
    const { name, min, max, maxQueue, concurrency, maxCrashes, idleTimeout } = this.options;
    this.record = new PoolRecord(name, keepAlive);
    this.#crashes = new CrashRecord(name, maxCrashes);
    this.#lowWater = maxQueue === Number.POSITIVE_INFINITY ? 0 : Math.floor(maxQueue / 2);
    const absence = new AbsenceWarning(name);
    const owner: TeamOwner = {
      makeThread: (threadOwner) => this.#makeThread(threadOwner),
      callLater: (milliseconds, f) => parts.time().callLater(milliseconds, f),
      teamHasChanged: () => this.#teamHasChanged(),
      threadIsStuck: (thread) => warnOfStuck(name, thread),
      allThreadsAreAbsent: (threads) => absence.give(threads),
      backlogHasShrunk: () => {
        this.drain.look();
        // The last that waited was given up while there was no thread. It fails before the pool has stopped.
        if (this.#stopping && this.#isEmpty()) setImmediate(() => this.#endWhenDone());
      },
    };
    const keepsIdle = idleTimeout === Number.POSITIVE_INFINITY;
    this.team = new Team(owner, { min, max, maxQueue, concurrency, processors: availableParallelism(), keepsIdle });
    this.#idleWatch = new IdleWatch(this.team.roster, idleTimeout);
  }

  get name(): string {
    return this.options.name;
  }

  /** @throws PoolStoppedError when the pool has been stopped */
  start(): void {
    if (this.#stopping) throw new PoolStoppedError(`The pool ${inspect(this.name)} has been stopped; make a new one.`);
    this.team.grow();
    // The threads start meanwhile.
    prepareCallables();
  }

  /** @throws InvalidArgumentError when a limit is no whole number, or `min` would be more than `max` */
  adjust(limits: PoolLimits): void {
    const given = checkPoolLimits(limits);
    const { roster } = this.team;
    const { min, max } = completePoolOptions({ min: given.min ?? roster.min, max: given.max ?? roster.max });
    this.team.adjust(min, max);
    this.#idleWatch.look();
  }

  forgive(f: Function | undefined): void {
    if (f === undefined) return this.#crashes.forgiveAll();
    const callable = resolveOrReject(f);
    if (!isPromise(callable)) return this.#crashes.forgive(callable);
    // What no thread can get has not ended any.
    callable.then(
      (found) => this.#crashes.forgive(found),
      () => {},
    );
    return undefined;
  }

  /** The names of the functions that run or wait now, the running ones first. */
  pendingCalls(): string[] {
    return [...this.#running(), ...this.#waiting()];
  }

  /** The calls that have not ended, the running ones first, then those that wait, in their order. */
  calls(options: CallsOptions): PoolCall[] {
    const { limit = Number.POSITIVE_INFINITY } = checkCallsOptions(options);
    const cores = [this, ...this.#own.all()];
    const calls = cores.flatMap((core) => core.#takenCalls());
    calls.sort((one, other) => Number(one.runTime === undefined) - Number(other.runTime === undefined));
    for (const core of cores) {
      for (const job of core.team.waiting()) {
        if (calls.length >= limit) break;
        calls.push(describeCall(job, core.name, core.#ageOf(job), undefined));
      }
    }
    return calls.slice(0, limit);
  }

  statistics(): PoolStatistics {
    const teams = [this, ...this.#own.all()].map(({ team }) => team);
    const sum = (of: (team: Team) => number): number => teams.reduce((total, team) => total + of(team), 0);
    const { completed, failed, cancelled, refused, runTime, waitTime } = this.record;
    return {
      threads: sum(({ roster }) => roster.threads.size),
      idle: sum(({ roster }) => roster.idle),
      busy: sum(({ roster }) => roster.staying - roster.idle),
      backlog: this.#backlog(),
      completed,
      failed,
      cancelled,
      refused,
      runTime: runTime.snapshot(),
      waitTime: waitTime.snapshot(),
      perThread: teams.flatMap(({ roster }) => roster.usage()),
      stuck: teams.flatMap(({ roster }) => roster.stuck()),
    };
  }

  dumpStats(): string {
    return statisticsText(this.name, this.statistics(), this.#running(), this.#waiting());
  }

  #running(): string[] {
    return [this, ...this.#own.all()].flatMap(({ team }) => namesOf(team.roster.running()));
  }

  #waiting(): string[] {
    return [this, ...this.#own.all()].flatMap(({ team }) => namesOf([...team.roster.sentAhead(), ...team.waiting()]));
  }

  /** A thread for one bound object, beside the pool's own. */
  ownThread(): OwnThread {
    const thread = this.#parts.makeOwnThread({
      ...this.options,
      name: `${this.name}-bound-${++this.#threadsMade}`,
      min: 0,
      max: 1,
      idleTimeout: Number.POSITIVE_INFINITY,
      // Calls run one after the other.
      concurrency: 1,
      // It can always be disposed of.
      maxQueue: Math.max(1, this.options.maxQueue),
      // Another thread would not have the object.
      maxCallsPerThread: Number.POSITIVE_INFINITY,
      maxThreadMemory: Number.POSITIVE_INFINITY,
    });
    thread.stores = this.stores;
    thread.record = this.record;
    thread.drain = this.drain;
    const own = this.#own.add(thread);
    if (this.#stopping) own.stop();
    return own;
  }

  /**
   * @param keepsProcess whether the process does not end before that
   * @returns fires when the last thread is gone
   */
  stop(options: StopOptions = {}, keepsProcess: boolean = true): Deferred<void> {
    const { deadline = Number.POSITIVE_INFINITY } = checkStopOptions(options);
    this.#stopping = true;
    this.team.quit();
    this.#own.stop(options);
    this.#idleWatch.stop();
    if (keepsProcess) this.#keepAlive.hold();
    const stopped = new Deferred<void>();
    const timer = deadline === 0 ? undefined : this.#parts.time().callLater(deadline, () => this.#abandonAll(deadline));
    this.#waitingForStop.push({ stopped, keepsProcess, deadline: timer });
    if (deadline === 0) this.#abandonAll(deadline);
    this.#endWhenDone();
    return stopped;
  }

  /**
   * Takes a call. What its result is, only the caller's signature knows.
   *
   * @param made gets the job, where it becomes one
   */
  submit(
    f: Function,
    args: readonly unknown[],
    options: CallOptions,
    resolve: Resolve = resolveCallable,
    made?: (job: Job) => void,
  ): Deferred<never> {
    // The first call has nothing to disturb, and does not wait until that is compiled.
    if (this.team.roster.threads.size > 0) requireStackRoom();
    const refusal = this.#refusalOf(f, options);
    if (refusal !== undefined) return refusedCall(refusal);
    // To look for a function takes as long as to start a thread, which can happen meanwhile.
    if (this.team.roster.threads.size === 0 && !isKnown(f)) this.team.expect();
    let callable: Callable | Promise<Callable>;
    try {
      callable = resolve(f);
      // Whoever runs the job will see the rejection; one that is refused or cancelled before needs nobody to.
      if (isPromise(callable)) callable.catch(() => {});
      if (!this.stores.isEmpty) callable = this.stores.around(callable);
    } catch (error) {
      return refusedCall(error);
    }
    if (isPromise(callable)) {
      // That of the stores as well.
      callable.catch(() => {});
    } else {
      const crashes = this.#crashes.refusalOf(callable, f);
      if (crashes !== undefined) {
        this.record.refused++;
        return refusedCall(crashes);
      }
    }
    // What reads the stores may have stopped the pool, aborted the call, or made others.
    const lateRefusal = this.#refusalOf(f, options);
    if (lateRefusal !== undefined) return refusedCall(lateRefusal);
    const job = new Job(f, callable, args, this.record, this.#parts.now());
    if (options.stacks ?? (this.options.stacks || debugging)) job.madeBy = trace();
    try {
      job.limit(options, this.#parts.time());
    } catch (error) {
      // Of a signal that is none of Node's.
      job.refuse(error);
      return job.deferred as Deferred<never>;
    }
    made?.(job);
    this.team.enter(job);
    // Somebody who hears of the call may cancel it, or make another, which comes after it.
    this.record.jobWasQueued(job);
    this.team.serve();
    return job.deferred as Deferred<never>;
  }

  /** Why a call is not taken at this moment; `undefined` where it is. */
  #refusalOf(f: Function, { signal, key }: CallOptions): Error | undefined {
    if (this.#stopping) return this.hasStopped(f);
    if (signal?.aborted) return abortedBy(signal);
    const isFull = this.team.backlog >= this.options.maxQueue && !this.team.isFreeFor(key);
    return isFull ? this.#isFull(f) : undefined;
  }

  /** What a call fails with that comes after {@link stop}. */
  hasStopped(f: Function): PoolStoppedError {
    return new PoolStoppedError(`The pool ${inspect(this.name)} has been stopped and did not take ${nameOf(f)}.`);
  }

  #takenCalls(): PoolCall[] {
    return this.team.roster.taken().map(({ job, thread }) => describeCall(job, this.name, this.#ageOf(job), thread));
  }

  #ageOf({ madeAt }: Job): number {
    return this.#parts.now() - madeAt;
  }

  /** How many calls may be made now without coming near the limit again; 0 until half of it is free. */
  #room(): number {
    const backlog = this.#backlog();
    return backlog > this.#lowWater ? 0 : Math.max(1, this.options.maxQueue - backlog);
  }

  /** How many calls wait, those to bound objects included. */
  #backlog(): number {
    let { backlog } = this.team;
    for (const { team } of this.#own.all()) backlog += team.backlog;
    return backlog;
  }

  #isFull(f: Function): PoolFullError {
    this.record.refused++;
    const { name, maxQueue } = this.options;
    const message = `The pool ${inspect(name)} did not take ${nameOf(f)}: ${maxQueue} calls may wait (maxQueue), and as many do. Wait for pool.drain() before the next call, or raise maxQueue or max.`;
    return new PoolFullError(message, maxQueue);
  }

  #makeThread(owner: ThreadOwner): PoolThread {
    const { initThread, concurrency, maxCallsPerThread, maxThreadMemory } = this.options;
    const init = initThread && {
      f: initThread,
      name: functionName(initThread),
      callable: resolveOrReject(initThread, resolveForEffect),
    };
    const name = `${this.name}-${++this.#threadsMade}`;
    return new Thread(owner, this.#parts.connect(name, this.options), {
      name,
      time: this.#parts.time(),
      now: () => this.#parts.now(),
      init,
      concurrency,
      crashes: this.#crashes,
      runTimes: this.#runTimes,
      wear: { calls: maxCallsPerThread, bytes: maxThreadMemory },
    });
  }

  #teamHasChanged(): void {
    if (this.#stopping) this.#endWhenDone();
    else this.#idleWatch.look();
  }

  /** A call may wait while there is no thread: for one of its key in a thread that goes on though it was ended. */
  #isEmpty(): boolean {
    return this.team.roster.threads.size === 0 && this.team.backlog === 0 && this.#own.size === 0;
  }

  #endWhenDone(): void {
    this.team.endWhenDone();
    if (!this.#isEmpty()) return;
    const waiting = this.#waitingForStop.splice(0);
    this.#parts.hasStopped();
    for (const { stopped, keepsProcess, deadline } of waiting) {
      if (deadline?.active()) deadline.cancel();
      if (keepsProcess) this.#keepAlive.release();
      // Somebody may have fired it by hand.
      if (!stopped.called) stopped.callback();
    }
  }

  #abandonAll(deadline: number): void {
    const how = deadline === 0 ? 'without waiting for its calls' : `with a deadline of ${deadline} ms`;
    const reason = (job: Job): PoolStoppedError =>
      new PoolStoppedError(`The pool ${inspect(this.name)} was stopped ${how}, and ${job.functionName} was not done.`);
    // Those that wait first: they must not begin on the threads that the others leave.
    const { team } = this;
    for (const job of [...team.waiting(), ...team.roster.sentAhead().reverse(), ...team.roster.running().reverse()]) {
      job.stop(reason(job));
    }
    this.#own.abandon();
    // Jobs that were given up before have theirs still.
    team.roster.endAll();
  }
}

function resolveOrReject(f: Function, resolve: Resolve = resolveCallable): Callable | Promise<Callable> {
  let callable: Callable | Promise<Callable>;
  try {
    callable = resolve(f);
  } catch (error) {
    callable = Promise.reject(error);
  }
  // There may be nothing to use it for: a thread that cannot be made.
  if (isPromise(callable)) callable.catch(() => {});
  return callable;
}

function namesOf(jobs: readonly Job[]): string[] {
  return jobs.map(({ functionName }) => functionName);
}
