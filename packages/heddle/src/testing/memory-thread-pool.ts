import type { Transferable } from 'node:worker_threads';
import type { TimeSource } from '../defer/clock.ts';
import { InvalidArgumentError } from '../defer/errors.ts';
import { queueMicrotask, setImmediate } from '../defer/node-timers.ts';
import type { KeepAlive } from '../reactor/keep-alive.ts';
import type {
  Connect,
  ConnectionListener,
  OutgoingJob,
  Progress,
  ThreadConnection,
} from '../threads/connection/connection.ts';
import { RunningJob } from '../threads/entry/running-job.ts';
import { JobRunner, unsendable } from '../threads/entry/job-runner.ts';
import { itemsWereTaken } from '../threads/entry/functions/iteration.ts';
import { ReactorCalls } from '../threads/entry/reactor-calls.ts';
import { packJob, readAnswer, unsendableArguments } from '../threads/connection/job-message.ts';
import type { ThreadPoolOptions } from '../threads/options.ts';
import { INIT } from '../threads/pool-thread/thread-init.ts';
import { ThreadPool } from '../threads/thread-pool.ts';
import type { SlotOutcome } from '../threads/wire/channel/channel.ts';
import type { JobDemand } from '../threads/wire/job-demand.ts';
import type { CallAnswer, JobMessage, MoreItems } from '../threads/wire/messages.ts';
import { pack, packThrown } from '../threads/wire/values/pack.ts';
import type { Parcel, Payload } from '../threads/wire/values/payload.ts';
import { Clock, isClock, requireClock } from './clock.ts';
import { callAsJob } from './memory-job.ts';
import { MemoryLine } from './memory-line.ts';

/**
 * A thread pool without threads, for tests that must be the same every time:
 * a job runs when the test says so, in the test's own thread.
 *
 * All else is the real pool's: how functions are found, what is refused, how
 * arguments and results are copied, the queue, `max`, options, errors. Time
 * limits count on {@link clock}. A job that ends its process ends the test.
 *
 * What only a real thread can have does nothing here: `env`, `execArgv`,
 * `resourceLimits`, `maxThreadMemory` and `nice`; `concurrency`, since one job runs at a time; and
 * `idleTimeout`, since no thread ends by itself.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { gzipSync } from 'node:zlib';
 * import { assertNoResult, MemoryThreadPool, successResultOf } from 'heddle/testing';
 *
 * const pool = new MemoryThreadPool();
 * const packed = pool.defer(gzipSync, 'a long text');
 * assertNoResult(packed);
 * await pool.perform();
 * assert.ok(successResultOf(packed).length > 0);
 * ```
 */
export class MemoryThreadPool extends ThreadPool {
  /** What counts the time limits of the calls. */
  readonly clock: Clock;
  /** Jobs that have been given to a thread, in that order, those included that were taken back. */
  #given: GivenJob[] = [];
  /** Threads whose job goes on when the test takes items. */
  #heldUp = new Set<MemoryConnection>();
  /** Jobs that somebody performs. */
  #performed = new Set<Promise<void>>();

  /** @throws InvalidArgumentError when an option or the clock cannot be what it is given as */
  constructor(options: ThreadPoolOptions = {}, clock: Clock = new Clock()) {
    // A clock has nothing that could be told from no options.
    if (isClock(options)) throw new InvalidArgumentError('A MemoryThreadPool takes options, then the clock.');
    requireClock(clock, 'MemoryThreadPool');
    super(options);
    this.clock = clock;
  }

  /**
   * Runs the job that a thread has had longest, to its end; the pool's `initThread` first, where that thread is new.
   * A job that sends items stops where as many as may wait do, and goes on by itself when the test takes some.
   *
   * @returns whether there was one
   */
  async perform(): Promise<boolean> {
    let refusalsAreOut = false;
    for (;;) {
      const given = this.#given.shift();
      if (given === undefined) {
        // A call that no thread has waits for what only the test can do, such as to take an item of the one before it.
        const withoutThread = this.calls().filter(({ thread }) => thread === undefined);
        const goingOn = this.pendingCalls().length - withoutThread.length - this.#heldUp.size;
        const isIdle = goingOn <= 0;
        if (isIdle && refusalsAreOut) return false;
        if (!isIdle && goingOn <= this.#performed.size) {
          // What another perform has begun may lead to more. Where it never ends, the test shall end and say so.
          await Promise.race(this.#performed);
          continue;
        }
        // A function met for the first time is still looked up, or items have been taken and their job goes on. And what
        // was refused fails in a later turn, as a thread that has been ended is gone in one.
        await new Promise((resolve) => setImmediate(resolve));
        refusalsAreOut = isIdle;
      } else if (given.connection.has(given.job)) {
        const { connection } = given;
        const isCall = !connection.isBeingMadeReady;
        const performed = connection.perform();
        this.#performed.add(performed);
        try {
          await performed;
        } finally {
          this.#performed.delete(performed);
        }
        if (isCall) return true;
      }
    }
  }

  /** Runs jobs until there are none, those that the results lead to included. Calls that are refused have failed then, too. */
  async performAll(): Promise<void> {
    while (await this.perform());
  }

  protected override connect(): Connect {
    return (listener) => {
      const connection: MemoryConnection = new MemoryConnection(
        listener,
        (job) => this.#given.push({ connection, job }),
        this.#heldUp,
        () => this.clock.now(),
      );
      return connection;
    };
  }

  /** The jobs of bound objects run when this pool is told to run its own. */
  protected override makeOwnThread(options: ThreadPoolOptions): MemoryThreadPool {
    const pool = new MemoryThreadPool(options, this.clock);
    pool.#given = this.#given;
    pool.#heldUp = this.#heldUp;
    pool.#performed = this.#performed;
    return pool;
  }

  protected override get time(): TimeSource {
    return this.clock;
  }

  /** No time goes by in which the items could still be taken. */
  protected override get patience(): number {
    return 0;
  }

  protected override now(): number {
    return this.clock.now();
  }

  /** A test that forgets to run a job shall end and say so, not hang. */
  protected override makeKeepAlive(): KeepAlive {
    return { hold: () => {}, release: () => {} };
  }
}

interface MemoryMessage {
  readonly functionId: number;
  readonly message: JobMessage;
}

interface GivenJob {
  readonly connection: MemoryConnection;
  readonly job: MemoryMessage;
}

/** A thread that does what it was told only when it is told again. */
class MemoryConnection implements ThreadConnection {
  readonly capacity: number = 1;
  /** How long a test takes says nothing: no other thread would begin the job sooner. */
  readonly keepsJobs: boolean = true;
  hasMoved = false;
  #passed: readonly Function[] = NONE;
  readonly #listener: ConnectionListener;
  readonly #arrived: (job: MemoryMessage) => void;
  readonly #heldUp: Set<MemoryConnection>;
  readonly #now: () => number;
  readonly #runner: JobRunner;
  readonly #line: MemoryLine;
  #message: MemoryMessage | undefined;
  #hasBegun = false;
  #demand: JobDemand = 'all';
  #job: RunningJob | undefined;
  /** When the function began to run. */
  #beganAt: number | undefined;
  #answered: () => void = () => {};
  #ended = false;

  /** @param heldUp has the connection while its job waits for somebody who takes items */
  constructor(
    listener: ConnectionListener,
    arrived: (job: MemoryMessage) => void,
    heldUp: Set<MemoryConnection>,
    now: () => number,
  ) {
    this.#listener = listener;
    this.#arrived = arrived;
    this.#heldUp = heldUp;
    this.#now = now;
    this.#line = new MemoryLine((call) => listener.called(call));
    const calls = new ReactorCalls(this.#line, () => this.#job);
    this.#runner = new JobRunner(
      {
        loading: () => {},
        loaded: () => {
          this.#beganAt = this.#now();
        },
        value: (_slot, value) => this.#succeed(value),
        failed: (_slot, outcome, error) => this.#fail(outcome, error),
      },
      (slot, f, receiver, args) => {
        this.#job = new RunningJob(
          slot,
          () => this.#demand,
          () => this.#isHeldUp(),
        );
        return callAsJob(this.#job, calls, f, receiver, args);
      },
      calls,
    );
    queueMicrotask(() => listener.started());
  }

  submit({ functionId, reference, args, captured, call }: OutgoingJob): number {
    let job: MemoryMessage;
    try {
      const { message, transfer, moves, passed } = packJob({ reference, call, args, captured });
      job = { functionId, message: structuredClone(message, { transfer: [...transfer] }) };
      this.hasMoved = moves;
      this.#passed = passed;
    } catch (error) {
      throw unsendableArguments(call.functionName, error);
    }
    this.#message = job;
    this.isBeingMadeReady = call.id === INIT;
    this.#hasBegun = false;
    this.#demand = 'all';
    this.#beganAt = undefined;
    if (call.settled) this.withdraw();
    // The last thing that a bound object's thread does is no call of the test's.
    else if (reference?.kind === 'release') queueMicrotask(() => void this.perform());
    else this.#arrived(job);
    return 0;
  }

  takePassed(): readonly Function[] {
    const passed = this.#passed;
    this.#passed = NONE;
    return passed;
  }

  withdraw(): boolean {
    if (this.#hasBegun) return false;
    this.#message = undefined;
    this.#listener.completed(0, 'withdrawn', undefined, 0, this.#now());
    return true;
  }

  cancel(): void {
    this.#heldUp.delete(this);
    this.#demand = 'none';
    queueMicrotask(() => this.#job?.look());
  }

  leave(): void {
    this.#heldUp.delete(this);
    this.#demand = 'end';
    queueMicrotask(() => this.#job?.look());
  }

  itemsWereTaken(items: MoreItems): void {
    this.#heldUp.delete(this);
    queueMicrotask(() => itemsWereTaken(items));
  }

  answer(answer: CallAnswer, transfer: readonly Transferable[]): void {
    this.#line.answer(answer, transfer);
  }

  progressOf(): Progress {
    return this.#hasBegun ? 'begun' : 'sent';
  }

  runTimeOf(): number {
    return this.#beganAt === undefined ? 0 : this.#now() - this.#beganAt;
  }

  /** Whether what it has is no call, but the pool's `initThread`. */
  isBeingMadeReady = false;

  /** Nothing that happens by itself tells when it is free. */
  askWhenFree(): void {}

  /** Whether it has this job still, which may have been taken back. */
  has(job: MemoryMessage): boolean {
    return this.#message === job && !this.#ended;
  }

  #isHeldUp(): void {
    this.#heldUp.add(this);
    this.#answered();
  }

  async perform(): Promise<void> {
    const sent = this.#message;
    this.#message = undefined;
    if (sent === undefined) return;
    const answered = new Promise<void>((resolve) => {
      this.#answered = resolve;
    });
    this.#hasBegun = true;
    if (this.#runner.hasLoaded(sent.functionId)) this.#beganAt = this.#now();
    this.#runner.runMessage(0, sent.functionId, sent.message);
    await answered;
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#heldUp.delete(this);
    this.#answered();
    // As with any thread, what it has answered comes first.
    queueMicrotask(() => this.#listener.ended({ exitCode: 1 }));
  }

  /** @throws UnclonableError, CodecError and others where the value cannot be sent */
  #succeed(value: unknown): void {
    this.#answer('value', sent(pack(value, 'result')));
  }

  #fail(outcome: SlotOutcome, error: unknown): void {
    let payload: Payload;
    try {
      payload = sent(packThrown(error));
    } catch (unsent) {
      payload = sent(packThrown(unsendable(unsent)));
    }
    this.#answer(outcome, payload);
  }

  #answer(outcome: SlotOutcome, payload: Payload): void {
    this.#heldUp.delete(this);
    this.#job?.end();
    this.#job = undefined;
    // Whoever hears of the result may have the next job performed at once.
    const answered = this.#answered;
    this.#runner.hasEnded(0);
    if (!this.#ended) {
      const arrived = readAnswer(outcome, () => payload);
      const now = this.#now();
      const beganAt = this.#beganAt ?? now;
      this.#beganAt = undefined;
      this.#listener.completed(0, arrived.outcome, arrived.result, (now - beganAt) * 1000, beganAt);
    }
    answered();
  }
}

/** What arrives of it. */
function sent({ payload, transfer }: Parcel): Payload {
  return structuredClone(payload, { transfer: [...transfer] });
}

const NONE: readonly Function[] = [];
