import { inspect } from 'node:util';
import { Failure } from '../defer/failure.ts';
import { CapturedCall } from './callable/capture/captured-call.ts';
import type { Callable } from './callable/resolve.ts';
import type { Connect, ThreadConnection, ThreadCrash } from './connection.ts';
import { ThreadExitError } from './errors.ts';
import type { Job } from './job.ts';
import type { PoolThread, ThreadOwner } from './pool-thread.ts';
import type { ThreadStatistics } from './statistics.ts';
import type { SlotOutcome } from './wire/channel.ts';
import type { JobReference } from './wire/reference.ts';

/** As much work as this is sent ahead of its turn: what comes later may be more urgent, or go to another thread. */
const AHEAD_MICROSECONDS = 500;
/** How much one job counts in the average of how long jobs take. */
const WEIGHT = 1 / 8;

interface KnownFunction {
  readonly id: number;
  /** Whether the thread has answered a job of this function, so that it must have loaded it. */
  isLoaded: boolean;
}

interface Sent {
  readonly job: Job;
  readonly reference: JobReference;
}

/**
 * The reactor's side of one thread: it does its jobs one after the other, and there is an answer for each
 * whatever becomes of the thread.
 */
export class Thread implements PoolThread {
  readonly #owner: ThreadOwner;
  readonly #connection: ThreadConnection;
  readonly #functions = new Map<JobReference, KnownFunction>();
  #lastFunctionId = 0;
  /** By their slots. */
  readonly #sent: (Sent | undefined)[] = [];
  /** Jobs whose function is still looked for. */
  readonly #unsent = new Set<Job>();
  /** Slots that the thread has not given back. */
  #slots = 0;
  #load = 0;
  /** How long its jobs take. */
  #average: number | undefined;
  #isStalled = false;
  #hasAnswered = false;
  #ending = false;
  #toldToEnd = false;
  #started = false;
  lastProgress = 0;
  readonly #name: string;
  readonly #now: () => number;
  readonly #madeAt: number;
  #calls = 0;
  #busyMicroseconds = 0;
  counted = 0;

  /**
   * @param now the time as the pool counts it
   * @throws whatever stands in the way of making the thread
   */
  constructor(owner: ThreadOwner, connect: Connect, name: string, now: () => number) {
    this.#owner = owner;
    this.#name = name;
    this.#now = now;
    this.#madeAt = now();
    this.#connection = connect({
      started: () => {
        this.#started = true;
      },
      completed: (slot, outcome, result, microseconds, beganAt) =>
        this.#completed(slot, outcome, result, microseconds, beganAt),
      ended: (exitCode, crash) => this.#ended(exitCode, crash),
    });
  }

  get load(): number {
    return this.#load;
  }

  get mayGiveBack(): boolean {
    return !this.#isStalled;
  }

  get started(): boolean {
    return this.#started;
  }

  get mayBeReplaced(): boolean {
    return this.#started || this.#toldToEnd;
  }

  get hasRoom(): boolean {
    if (this.#ending || this.#isStalled || this.#average === undefined) return false;
    return this.#slots < this.#connection.capacity && this.#load * this.#average < AHEAD_MICROSECONDS;
  }

  usage(): ThreadStatistics {
    const life = this.#now() - this.#madeAt;
    let busy = this.#busyMicroseconds / 1000;
    for (const sent of this.#sent) if (sent !== undefined) busy += this.runTimeOf(sent.job);
    return { name: this.#name, calls: this.#calls, utilization: life > 0 ? Math.min(1, busy / life) : 0 };
  }

  jobs(): Job[] {
    return [...this.#inOrder(this.#sent.flatMap((sent) => sent?.job ?? [])), ...this.#unsent];
  }

  run(job: Job): void {
    job.holder = this;
    this.#load++;
    if (this.#load === 1) {
      this.lastProgress = performance.now();
      this.#isStalled = false;
    }
    const { callable } = job;
    if (!(callable instanceof Promise)) return this.#send(job, callable);
    this.#unsent.add(job);
    callable.then(
      (found) => {
        if (this.#unsent.delete(job)) this.#send(job, found);
      },
      (error: unknown) => {
        if (!this.#unsent.delete(job)) return;
        this.#jobHasLeft(job);
        job.settle(new Failure(error));
      },
    );
    return undefined;
  }

  /** Gives up a job. A thread that works on it cannot be asked to stop, so it is ended. */
  release(job: Job): void {
    job.holder = undefined;
    if (this.#unsent.delete(job) || this.#withdraw(job)) return this.#jobHasLeft(job);
    // From here on the thread begins no other job, which would die with it.
    const back = this.takeBack();
    if (this.#connection.progressOf(job.slot) === 'begun') {
      this.end();
    } else {
      this.#sent[job.slot] = undefined;
      this.#jobHasLeft(job);
    }
    return this.#owner.jobsHaveNotBegun(back);
  }

  hasBegun(job: Job): boolean {
    return this.#has(job) && this.#connection.progressOf(job.slot) !== 'sent';
  }

  runTimeOf(job: Job): number {
    return this.#has(job) ? this.#connection.runTimeOf(job.slot) : 0;
  }

  takeBack(): Job[] {
    this.#isStalled = true;
    const back = this.#sent.flatMap((sent) => (sent !== undefined && this.#withdraw(sent.job) ? [sent.job] : []));
    const all = [...this.#inOrder(back), ...this.#unsent];
    this.#unsent.clear();
    this.#load -= all.length;
    return all;
  }

  end(): void {
    if (this.#ending) return;
    this.#toldToEnd = true;
    this.#isEnding();
    const back = this.takeBack();
    this.#connection.end();
    if (back.length > 0) this.#owner.jobsHaveNotBegun(back);
  }

  #isEnding(): void {
    this.#ending = true;
    this.#owner.threadIsEnding(this);
  }

  /** Whether the job has been sent, not just given. */
  #has(job: Job): boolean {
    return this.#sent[job.slot]?.job === job;
  }

  #inOrder(jobs: Job[]): Job[] {
    return jobs.sort((a, b) => a.turn - b.turn);
  }

  #withdraw({ slot }: Job): boolean {
    if (!this.#connection.withdraw(slot)) return false;
    this.#sent[slot] = undefined;
    return true;
  }

  #send(job: Job, callable: Callable): void {
    const reference = callable instanceof CapturedCall ? callable.reference : callable;
    let known = this.#functions.get(reference);
    if (known === undefined) {
      known = { id: ++this.#lastFunctionId, isLoaded: false };
      this.#functions.set(reference, known);
    }
    try {
      const slot = this.#connection.submit({
        id: job.id,
        functionId: known.id,
        reference: known.isLoaded ? undefined : reference,
        functionName: job.functionName,
        args: job.args,
        captured: callable instanceof CapturedCall ? callable.values : NONE,
      });
      this.#slots++;
      job.slot = slot;
      this.#sent[slot] = { job, reference };
      job.wasSent();
      // A getter among the arguments may have cancelled the call.
      if (job.settled) this.release(job);
    } catch (error) {
      this.#jobHasLeft(job);
      job.refuse(error);
    }
  }

  #completed(slot: number, outcome: SlotOutcome, result: unknown, microseconds: number, beganAt: number): void {
    this.#slots--;
    const sent = this.#sent[slot];
    if (outcome === 'withdrawn' || sent === undefined) return;
    this.#sent[slot] = undefined;
    this.#hasAnswered = true;
    this.#calls++;
    this.#busyMicroseconds += microseconds;
    sent.job.hasRun(beganAt, microseconds);
    this.#isStalled = false;
    this.lastProgress = performance.now();
    this.#average =
      this.#average === undefined ? microseconds : this.#average + WEIGHT * (microseconds - this.#average);
    this.#learn(sent.reference, outcome);
    // The thread is free before the callbacks run: they may have the next call to make.
    this.#jobHasLeft(sent.job);
    sent.job.settle(outcome === 'value' ? result : new Failure(result));
  }

  /** What the thread could not load, or could not read of, it does not have. */
  #learn(reference: JobReference, outcome: SlotOutcome): void {
    const known = this.#functions.get(reference);
    if (known !== undefined && (outcome === 'value' || outcome === 'thrown')) known.isLoaded = true;
  }

  #jobHasLeft(job: Job): void {
    this.#load--;
    this.#owner.jobHasLeft(job);
    if (!this.#ending) this.#owner.threadHasRoom(this);
  }

  #ended(exitCode: number, crash: ThreadCrash | undefined): void {
    if (!this.#ending) this.#isEnding();
    const left = this.jobs();
    const back = left.filter((job, index) => this.#cannotHaveBegun(job, index));
    for (const { slot } of left) this.#sent[slot] = undefined;
    this.#unsent.clear();
    this.#load = 0;
    if (back.length === left.length && crash !== undefined) warnOfCrash(crash.error);
    if (back.length > 0) this.#owner.jobsHaveNotBegun(back);
    const lost = left.filter((job) => !back.includes(job));
    for (const job of lost) this.#owner.jobHasLeft(job);
    for (const job of lost) job.settle(new Failure(exitError(job, exitCode, crash)));
    this.#owner.threadHasEnded(this);
  }

  /** Never so of a thread's first job: it may be that no thread can take it, and each one given it would die. */
  #cannotHaveBegun(job: Job, index: number): boolean {
    if (job.settled) return false;
    if (index === 0 && !this.#hasAnswered) return false;
    return job.slot < 0 || this.#sent[job.slot]?.job !== job || this.#connection.progressOf(job.slot) === 'sent';
  }
}

const NONE: readonly unknown[] = [];

function exitError(job: Job, exitCode: number, crash: ThreadCrash | undefined): ThreadExitError {
  const reason = crash === undefined ? `with exit code ${exitCode}` : describeCrash(crash.error);
  const message = `The thread that ran ${job.functionName} ended ${reason} before the call had a result.`;
  return new ThreadExitError(message, exitCode, crash === undefined ? {} : { cause: crash.error });
}

/** Something that an earlier job left behind has failed: no call is there to tell. */
function warnOfCrash(error: unknown): void {
  process.emitWarning(`A thread ended ${describeCrash(error)} while it had no call to answer.`, {
    code: 'HEDDLE_THREAD_EXIT',
    detail: error instanceof Error ? (error.stack ?? '') : inspect(error),
  });
}

function describeCrash(error: unknown): string {
  if ((error as NodeJS.ErrnoException | null)?.code === 'ERR_WORKER_OUT_OF_MEMORY')
    return 'because it ran out of memory';
  return `by an uncaught error (${error instanceof Error ? error.message : inspect(error)})`;
}
