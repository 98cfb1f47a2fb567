import { Failure } from '../../defer/failure.ts';
import { type Callable, partsOfCallable } from '../callable/resolve.ts';
import { withoutAddress } from '../callable/without-address.ts';
import { NOT_NOW, type OutgoingJob, type ThreadConnection } from '../connection/connection.ts';
import type { CrashRecord } from './crash-record.ts';
import type { Job } from '../job/job.ts';
import { UnsendableClosure } from '../connection/job-message.ts';
import type { KnownFunctions } from './known-functions.ts';
import type { SentJobs } from './sent-jobs.ts';
import { INIT } from './thread-init.ts';
import { UnsentJobs } from './unsent-jobs.ts';
import { StillResolving } from '../wire/values/passed.ts';
import { isPromise } from '../wire/is-promise.ts';

/** A thread, as the sender of its jobs knows it. */
export interface SendingThread {
  readonly connection: ThreadConnection;
  /** What the thread knows of functions. */
  readonly functions: KnownFunctions;
  /** The functions that have ended threads. */
  readonly crashes: CrashRecord;
  /** Gets the jobs that have been sent. */
  readonly sent: SentJobs;
  /** How many jobs the thread has. */
  load(): number;
  /** It has one less, which has not been sent. */
  jobHasLeft(job: Job): void;
  /** One of them is held until there is a slot for it, or nothing else to do. */
  jobIsHeld(): void;
}

/** Sends the jobs that a thread is given, each when its function has been found and there is a slot for it. */
export class JobSender {
  readonly #thread: SendingThread;
  readonly #unsent = new UnsentJobs();
  /** The one that is being given or sent at this moment: code of the program's may run meanwhile. */
  #inHand: Job | undefined;
  /** Those within which that happens, since such code may make a call. */
  readonly #outer: Job[] = [];
  /** Slots that the thread has not given back. */
  #slots = 0;

  constructor(thread: SendingThread) {
    this.#thread = thread;
  }

  /** How many jobs have not been sent yet. */
  get waiting(): number {
    return this.#unsent.size;
  }

  /** How many of these are held until there is a slot for them, or nothing else to do. */
  get held(): number {
    return this.#unsent.held;
  }

  /** Whether one more could be sent at once. */
  get hasRoom(): boolean {
    return !this.#isFull() && this.#unsent.held === 0;
  }

  // What was taken back keeps its slots until the thread has passed them.
  #isFull(): boolean {
    return this.#slots >= this.#thread.connection.capacity;
  }

  /** The jobs that have not been sent, in their order. */
  unsent(): Job[] {
    const inHand = this.#inHand === undefined ? [] : [this.#inHand];
    return [...this.#outer, ...inHand, ...this.#unsent.all()];
  }

  /** The thread has the job from now on. Whoever hears of that may give it up, or stop the pool. */
  giveTurn(job: Job, turn: number): void {
    const outer = this.#takeInHand(job);
    job.getsTurn(turn);
    this.#letGo(outer);
  }

  /** Keeps a job until it is sent or taken back. */
  keep(job: Job): void {
    this.#unsent.add(job);
  }

  /** Sends what was kept. Until its turn each stays here: code that runs as another is sent may give it up, or end the thread. */
  sendKept(): void {
    for (const job of this.#unsent.all()) if (this.#unsent.delete(job)) this.send(job, job.callable);
  }

  /** Takes back what has not been sent. */
  takeBack(): Job[] {
    return this.#unsent.takeAll();
  }

  /** Gives up a job, and tells whether it had not been sent. */
  giveUp(job: Job): boolean {
    return this.#unsent.delete(job);
  }

  /** The thread has given a slot back. */
  slotIsFree(): void {
    this.#slots--;
  }

  send(job: Job, callable: Callable | Promise<Callable>): void {
    if (!isPromise(callable)) return this.#send(job, callable);
    this.#unsent.add(job);
    callable.then(
      (found) => {
        if (this.#unsent.delete(job)) this.#send(job, found);
      },
      (error: unknown) => {
        if (!this.#unsent.delete(job)) return;
        this.#thread.jobHasLeft(job);
        job.settle(new Failure(error));
      },
    );
    return undefined;
  }

  /** Sends the next of the jobs that are held, when the thread has no other. False where there is none. */
  sendHeld(): boolean {
    if (this.#thread.load() !== this.#unsent.size) return false;
    const held = this.#unsent.takeHeld();
    if (held === undefined) return false;
    this.#send(held.job, held.callable);
    return true;
  }

  /**
   * Sends what a thread runs before its first job.
   *
   * @returns the slot that it is in
   * @throws what `submit` of the connection throws
   */
  sendInit(callable: Callable): number {
    const { functions } = this.#thread;
    const { reference, values: captured } = partsOfCallable(callable);
    return this.#submit({
      functionId: functions.get(reference).id,
      reference,
      args: NONE,
      captured,
      call: { id: INIT, functionName: 'initThread', settled: false },
      isAlone: true,
    });
  }

  /** The slot counts from here on: a getter among the arguments may make the next call. */
  #submit(outgoing: OutgoingJob, job?: Job): number {
    this.#slots++;
    const outer = this.#takeInHand(job);
    let slot = NOT_NOW;
    try {
      slot = this.#thread.connection.submit(outgoing);
      return slot;
    } finally {
      this.#letGo(outer);
      if (slot === NOT_NOW) this.#slots--;
    }
  }

  /** @returns what is in hand already */
  #takeInHand(job: Job | undefined): Job | undefined {
    const outer = this.#inHand;
    if (outer !== undefined) this.#outer.push(outer);
    this.#inHand = job;
    return outer;
  }

  #letGo(outer: Job | undefined): void {
    this.#inHand = outer;
    if (outer !== undefined) this.#outer.pop();
  }

  #send(job: Job, callable: Callable): void {
    if (this.#isFull()) return this.#hold(job, callable);
    const { connection, functions, crashes, sent } = this.#thread;
    const refusal = crashes.refusalOf(callable, job.f);
    if (refusal !== undefined) return this.#refuse(job, refusal);
    const { reference, values: captured } = partsOfCallable(callable);
    const known = functions.get(reference);
    try {
      const outgoing: OutgoingJob = {
        functionId: known.id,
        reference: known.isLoaded ? undefined : reference,
        call: job,
        isAlone: this.#thread.load() === this.#unsent.size + 1,
        args: job.args,
        captured,
      };
      const slot = this.#submit(outgoing, job);
      if (slot === NOT_NOW) return job.settled ? this.#thread.jobHasLeft(job) : this.#hold(job, callable);
      const { hasMoved } = connection;
      const passed = connection.takePassed();
      // A getter among the arguments has cancelled the call.
      if (job.settled) return this.#thread.jobHasLeft(job);
      job.slot = slot;
      sent.put(slot, { job, reference, known, hasMoved, passed, expected: known.runTime.nanoseconds });
      job.wasSent();
    } catch (error) {
      this.#cannotSend(job, callable, error);
    }
    return undefined;
  }

  #hold(job: Job, callable: Callable): void {
    this.#unsent.hold(job, callable);
    this.#thread.jobIsHeld();
  }

  /** A closure that the build plug-in gave an address, but whose values cannot be sent, has another way: its text. */
  #cannotSend(job: Job, callable: Callable, error: unknown): void {
    const { reference, values } = partsOfCallable(callable);
    if (error instanceof StillResolving)
      return this.send(
        job,
        error.resolved.then(() => callable),
      );
    let refusal = error instanceof UnsendableClosure ? error.reason : error;
    if (error instanceof UnsendableClosure) {
      try {
        const other = withoutAddress(job.f, reference, values, error.reason);
        if (other !== undefined) return this.send(job, other);
      } catch (refused) {
        refusal = refused;
      }
    }
    return this.#refuse(job, refusal);
  }

  #refuse(job: Job, error: unknown): void {
    this.#thread.jobHasLeft(job);
    job.refuse(error);
  }
}

const NONE: readonly unknown[] = [];
