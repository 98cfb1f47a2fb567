import type { TimeSource } from '../defer/clock.ts';
import { Failure } from '../defer/failure.ts';
import { type Callable, partsOfCallable, resolveWithoutAddress } from './callable/resolve.ts';
import { CallsFromThread } from './calls-from-thread.ts';
import { type Connect, NOT_NOW, type ProcessEnd, type ThreadConnection, type ThreadCrash } from './connection.ts';
import type { CrashRecord } from './crash-record.ts';
import { GivenUpJobs } from './given-up-jobs.ts';
import type { Job } from './job.ts';
import { UnsendableClosure } from './job-message.ts';
import { KnownFunctions } from './known-functions.ts';
import type { PoolThread, ThreadOwner } from './pool-thread.ts';
import type { StartFailure } from './respawn-delay.ts';
import { Place } from './rotation.ts';
import type { RunTimes } from './run-times.ts';
import { SentJobs } from './sent-jobs.ts';
import type { ThreadStatistics } from './statistics.ts';
import { EndWatch, PATIENCE_MS, type StuckThread } from './stuck-thread.ts';
import { exitError, startError, warnOfCrash } from './thread-exit.ts';
import { InitRun, type ThreadInit } from './thread-init.ts';
import { ThreadUsage } from './thread-usage.ts';
import { ThreadWear, type WearLimits } from './thread-wear.ts';
import { UnsentJobs } from './unsent-jobs.ts';
import type { TellWhereabouts } from './whereabouts.ts';
import type { SlotOutcome } from './wire/channel.ts';
import type { MoreItems } from './wire/messages.ts';
import { StillResolving } from './wire/passed.ts';
import type { JobReference } from './wire/reference.ts';

/** As much work as this is sent ahead of its turn: what comes later may be more urgent, or go to another thread. */
const AHEAD_NANOSECONDS = 500_000;

/** What a thread is made with. */
export interface ThreadOptions {
  readonly name: string;
  /** Counts what a job that is given up has left. */
  readonly time: TimeSource;
  /** The time as the pool counts it. */
  readonly now: () => number;
  readonly init: ThreadInit | undefined;
  /** How many jobs may be on their way at a time. */
  readonly concurrency: number;
  /** The functions that have ended threads. */
  readonly crashes: CrashRecord;
  readonly runTimes: RunTimes;
  readonly wear: WearLimits;
}

/**
 * The reactor's side of one thread: it does its jobs one after the other, and there is an answer for each
 * whatever becomes of the thread.
 */
export class Thread implements PoolThread {
  readonly #owner: ThreadOwner;
  readonly #connection: ThreadConnection;
  readonly #time: TimeSource;
  readonly name: string;
  readonly #now: () => number;
  readonly #functions: KnownFunctions;
  readonly #usage: ThreadUsage;
  readonly #calls: CallsFromThread;
  readonly #crashes: CrashRecord;
  readonly #wear: ThreadWear;
  readonly #init: InitRun | undefined;
  readonly #concurrency: number;
  #passedToInit: readonly Function[] = [];
  readonly #sent = new SentJobs();
  readonly #unsent = new UnsentJobs();
  /** Slots that the thread has not given back. */
  #slots = 0;
  #load = 0;
  #isStalled = false;
  /** Whether jobs were taken back, or could have been, since the last one was given or has ended. */
  #hasGivenBack = false;
  /** Whether its job waits for the reactor. */
  #isAbsent = false;
  readonly #givenUp: GivenUpJobs;
  /** Whose time was over, where the thread is ended for that. */
  #endsFor: Job | undefined;
  #hasAnswered = false;
  #ending = false;
  #toldToEnd = false;
  #endWatch: EndWatch | undefined;
  /** Where in the code it was when somebody last asked, and the job that it had. */
  #lastSeen: { readonly job: Job; readonly frames: string } | undefined;
  #started = false;
  startFailure: StartFailure | undefined;
  lastProgress: number = performance.now();
  counted = 0;
  readonly roomy: Place = new Place(this);
  readonly laden: Place = new Place(this);
  isAsked = false;
  #asks = 0;

  /** @throws whatever stands in the way of making the thread */
  constructor(
    owner: ThreadOwner,
    connect: Connect,
    { name, time, now, init, concurrency, crashes, runTimes, wear }: ThreadOptions,
  ) {
    this.#owner = owner;
    this.#time = time;
    this.#concurrency = concurrency;
    this.name = name;
    this.#now = now;
    this.#usage = new ThreadUsage(name, now);
    this.#crashes = crashes;
    this.#functions = new KnownFunctions(runTimes);
    this.#wear = new ThreadWear(wear, () => this.#connection.memory);
    this.#connection = connect({
      started: () => {
        this.#started = true;
        if (!this.#init?.isRunning) owner.threadIsReady(this);
      },
      completed: (slot, outcome, result, microseconds, beganAt, cpuMicroseconds = -1) =>
        this.#completed(slot, outcome, result, microseconds, beganAt, cpuMicroseconds),
      free: (ask) => {
        if (this.isAsked && ask === this.#asks) owner.threadIsFree(this);
      },
      called: (call) => this.#calls.called(call),
      ended: (exitCode, crash, process) => this.#ended(exitCode, crash, process),
    });
    this.#givenUp = new GivenUpJobs({
      connection: this.#connection,
      time,
      isShared: concurrency > 1,
      end: (job) => this.#endFor(job),
    });
    this.#calls = new CallsFromThread({
      passedTo: (slot, job, index) => this.#passedTo(slot, job, index),
      answer: (answer, transfer) => this.#connection.answer(answer, transfer),
      waits: () => {
        // It may have called before it was told to end, which ends the call as well.
        if (this.#ending) return;
        this.#isAbsent = true;
        owner.threadIsAbsent(this);
      },
      goesOn: () => {
        this.#isAbsent = false;
        owner.threadIsBack(this);
      },
    });
    this.#init =
      init &&
      new InitRun(
        init,
        (callable) => this.#sendInit(callable),
        () => this.#initHasEnded(),
      );
  }

  get load(): number {
    return this.#load;
  }

  get ahead(): number {
    return Math.max(0, this.#load - this.#concurrency);
  }

  get mayGiveBack(): boolean {
    return !this.#hasGivenBack;
  }

  get started(): boolean {
    return this.#started;
  }

  get hasRoom(): boolean {
    if (this.#ending || this.#isStalled || this.#isAbsent || this.#unsent.areHeld) return false;
    if (!this.#wear.allowsBeside(this.#load)) return false;
    if (this.#slots >= this.#connection.capacity) return false;
    if (this.#load < this.#concurrency) return true;
    return this.#expected < AHEAD_NANOSECONDS;
  }

  get expected(): number {
    // Jobs that may run at once share more than a thread's time: one that is ended takes the others with it.
    return this.#concurrency > 1 ? Number.POSITIVE_INFINITY : this.#expected;
  }

  get #expected(): number {
    return this.#started && this.#unsent.size === 0 ? this.#sent.expected : Number.POSITIVE_INFINITY;
  }

  usage(): ThreadStatistics {
    let running = 0;
    for (const { job } of this.#sent.all()) running += this.runTimeOf(job);
    return this.#usage.statistics(running);
  }

  jobs(): Job[] {
    return [...inOrder(this.#sent.all().map(({ job }) => job)), ...this.#unsent.all()];
  }

  run(job: Job): void {
    job.holder = this;
    job.slot = -1;
    this.isAsked = false;
    this.#load++;
    this.#hasGivenBack = false;
    if (this.#load === 1) {
      this.lastProgress = performance.now();
      this.#isStalled = false;
    }
    if (this.#init?.isRunning) this.#unsent.add(job);
    else this.#sendWhenFound(job, job.callable);
  }

  #sendWhenFound(job: Job, callable: Callable | Promise<Callable>): void {
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

  /** Gives up a job. One that runs keeps the thread until it ends, or the thread is ended. */
  release(job: Job): void {
    job.holder = undefined;
    if (this.#unsent.delete(job)) return this.#jobHasLeft(job);
    // It is being sent, which looks by itself whether it is still wanted.
    if (job.slot < 0) return undefined;
    if (this.#withdraw(job)) return this.#jobHasLeft(job);
    // The others shall not wait for it, and from here on the thread begins no other job, which could die with it.
    const back = this.takeBack();
    this.#givenUp.add(job);
    if (this.#givenUp.size > 0) this.#isStalled = true;
    return this.#owner.jobsHaveNotBegun(this, back);
  }

  hasBegun(job: Job): boolean {
    return this.#sent.has(job) && this.#connection.progressOf(job.slot) !== 'sent';
  }

  runTimeOf(job: Job): number {
    return this.#sent.has(job) ? this.#connection.runTimeOf(job.slot) : 0;
  }

  /** Items have been taken, or nobody wants any more; the job then ends by itself, in its own time. */
  tellOfItems(job: Job, items: MoreItems | 'none'): void {
    if (!this.#sent.has(job)) return;
    if (items === 'none') this.#connection.cancel(job.slot);
    else this.#connection.itemsWereTaken(items);
  }

  whereIs(job: Job, tell: TellWhereabouts): (() => void) | undefined {
    if (!this.hasBegun(job)) return undefined;
    // Of jobs that share the thread, nobody can tell whose code it is in.
    if (this.#sent.all().some((sent) => sent.job !== job && this.hasBegun(sent.job))) return undefined;
    this.#lastSeen = undefined;
    return this.#connection.whereIs?.((frames) => {
      if (!this.#sent.has(job)) return;
      this.#lastSeen = { job, frames };
      tell(frames);
    });
  }

  takeBack(): Job[] {
    this.#hasGivenBack = true;
    const back = this.#sent.all().flatMap(({ job, hasMoved }) => (!hasMoved && this.#withdraw(job) ? [job] : []));
    const all = [...inOrder(back), ...this.#unsent.takeAll()];
    this.#load -= all.length;
    // Where several may run, those that have begun need not stand in the way of others.
    if (this.#concurrency === 1 || all.length > 0) this.#isStalled = true;
    return all;
  }

  end(): void {
    if (this.#ending) return;
    this.#toldToEnd = true;
    this.#isEnding();
    const back = this.takeBack();
    this.#connection.end();
    const { endsWithin = PATIENCE_MS } = this.#connection;
    this.#endWatch = new EndWatch(this.#time, this.#now, endsWithin, () => this.#shouldHaveEnded());
    if (back.length > 0) this.#owner.jobsHaveNotBegun(this, back);
  }

  askWhenFree(): void {
    this.isAsked = true;
    if (this.#connection.askWhenFree === undefined) this.#owner.threadIsFree(this);
    else this.#connection.askWhenFree(++this.#asks);
  }

  stuck(): StuckThread | undefined {
    if (!this.#endWatch?.isOverdue) return undefined;
    const job = this.#endsFor ?? this.jobs()[0];
    const frames = this.#lastSeen?.job === job ? this.#lastSeen?.frames : undefined;
    const { overdue } = this.#endWatch;
    return { name: this.name, functionName: job?.functionName, overdue, stack: frames || undefined };
  }

  #endFor(job: Job): void {
    this.#endsFor = job;
    this.end();
  }

  #shouldHaveEnded(): void {
    this.#connection.end();
    // Calls that share the thread with the one for which it was to end do not wait for native code either.
    for (const job of this.jobs())
      job.settle(new Failure(exitError(job.functionName, TERMINATED, undefined, this.#endsFor)));
    this.#owner.threadIsStuck(this);
  }

  #isEnding(): void {
    this.#ending = true;
    this.#givenUp.stop();
    this.#owner.threadIsEnding(this);
  }

  #sendInit(callable: Callable): number {
    if (this.#ending) return -1;
    const { reference, values: captured } = partsOfCallable(callable);
    const slot = this.#connection.submit({
      functionId: this.#functions.get(reference).id,
      reference,
      args: NONE,
      captured,
      call: { id: 0, functionName: 'initThread', settled: false },
      isAlone: true,
    });
    this.#slots++;
    this.#passedToInit = this.#connection.passed;
    return slot;
  }

  #initHasEnded(): void {
    if (this.#ending) return;
    this.lastProgress = performance.now();
    const waiting = this.#unsent.takeAll();
    if (!this.#init?.hasFailed) {
      for (const job of waiting) this.#sendWhenFound(job, job.callable);
      this.#owner.threadIsReady(this);
      return;
    }
    const init = this.#init;
    this.startFailure = (functionName) => init.errorFor(functionName);
    this.#load -= waiting.length;
    this.end();
    for (const job of waiting) {
      this.#owner.jobHasLeft(job);
      job.settle(new Failure(this.startFailure(job.functionName)));
    }
  }

  #withdraw(job: Job): boolean {
    const { slot } = job;
    if (!this.#connection.withdraw(slot)) return false;
    this.#sent.take(slot);
    job.slot = -1;
    return true;
  }

  #send(job: Job, callable: Callable): void {
    // What was taken back keeps its slots until the thread has passed them.
    if (this.#slots === this.#connection.capacity) return this.#unsent.hold(job, callable);
    const refusal = this.#crashes.refusalOf(callable, job.f);
    if (refusal !== undefined) return this.#refuse(job, refusal);
    const { reference, values: captured } = partsOfCallable(callable);
    const known = this.#functions.get(reference);
    try {
      const slot = this.#connection.submit({
        functionId: known.id,
        reference: known.isLoaded ? undefined : reference,
        call: job,
        isAlone: this.#load === this.#unsent.size + 1,
        args: job.args,
        captured,
      });
      if (slot === NOT_NOW) return job.settled ? this.#jobHasLeft(job) : this.#unsent.hold(job, callable);
      this.#slots++;
      // A getter among the arguments has cancelled the call.
      if (job.settled) return this.#jobHasLeft(job);
      job.slot = slot;
      const { hasMoved, passed } = this.#connection;
      this.#sent.put(slot, { job, reference, hasMoved, passed, expected: known.runTime.nanoseconds });
      job.wasSent();
    } catch (error) {
      this.#cannotSend(job, callable, reference, error);
    }
    return undefined;
  }

  /** A closure that the build plug-in gave an address, but whose values cannot be sent, has another way: its text. */
  #cannotSend(job: Job, callable: Callable, reference: JobReference, error: unknown): void {
    if (error instanceof StillResolving)
      return this.#sendWhenFound(
        job,
        error.resolved.then(() => callable),
      );
    let refusal = error instanceof UnsendableClosure ? error.reason : error;
    if (error instanceof UnsendableClosure && reference.kind === 'factory') {
      try {
        return this.#sendWhenFound(job, resolveWithoutAddress(job.f, error.reason));
      } catch (refused) {
        refusal = refused;
      }
    }
    return this.#refuse(job, refusal);
  }

  #refuse(job: Job, error: unknown): void {
    this.#jobHasLeft(job);
    job.refuse(error);
  }

  #completed(
    slot: number,
    outcome: SlotOutcome,
    result: unknown,
    microseconds: number,
    beganAt: number,
    cpuMicroseconds: number,
  ): void {
    this.#slots--;
    if (slot === this.#init?.slot) return this.#init.completed(outcome, result);
    const sent = outcome === 'withdrawn' ? undefined : this.#sent.take(slot);
    if (sent === undefined) return this.#sendHeld();
    this.#calls.jobHasEnded(slot);
    if (!this.#hasAnswered) this.#owner.threadHasAnswered();
    this.#hasAnswered = true;
    this.#usage.hasRun(microseconds, cpuMicroseconds);
    this.#wear.jobHasEnded();
    sent.job.hasRun(beganAt, microseconds, cpuMicroseconds);
    this.#givenUp.hasEnded(slot);
    this.#hasGivenBack = false;
    // The result of another job says nothing about the one that was given up.
    if (this.#givenUp.size === 0) this.#isStalled = false;
    this.lastProgress = performance.now();
    this.#functions.hasAnswered(sent.reference, outcome, microseconds);
    if (outcome === 'value' || outcome === 'thrown') this.#crashes.hasAnswered(sent.reference);
    // The thread is free before the callbacks run: they may have the next call to make.
    this.#jobHasLeft(sent.job);
    sent.job.settle(outcome === 'value' ? result : new Failure(result));
    return undefined;
  }

  #jobHasLeft(job: Job): void {
    this.#load--;
    this.#owner.jobHasLeft(job);
    if (this.#ending) return;
    if (this.#wear.isWorn) this.#retire();
    else this.#sendHeld();
    if (!this.#ending) this.#owner.threadHasRoom(this);
  }

  /** It does what it has begun and cannot give back, and then ends: others do the rest. */
  #retire(): void {
    const back = this.takeBack();
    if (this.#load === 0) this.end();
    this.#owner.jobsHaveNotBegun(this, back);
  }

  /** Only while somebody waits for the job: what is passed to a call is released when that ends. */
  #passedTo(slot: number, job: number, index: number): Function | undefined {
    if (slot === this.#init?.slot) return this.#passedToInit[index];
    const sent = this.#sent.at(slot);
    return sent?.job.id === job && !sent.job.settled ? sent.passed[index] : undefined;
  }

  /** Sends the next of the jobs that are held, when the thread has no other. */
  #sendHeld(): void {
    if (this.#load !== this.#unsent.size) return;
    const held = this.#unsent.takeHeld();
    if (held !== undefined) this.#send(held.job, held.callable);
  }

  #ended(exitCode: number, crash: ThreadCrash | undefined, process: ProcessEnd | undefined): void {
    this.#endWatch?.stop();
    const left = this.jobs();
    if (!this.#toldToEnd && !this.#hasAnswered && !left.some((job) => this.hasBegun(job))) {
      this.startFailure = (functionName) => startError(functionName, exitCode, crash, process);
    }
    if (!this.#ending) this.#isEnding();
    const back = left.filter((job, index) => this.#cannotHaveBegun(job, index));
    if (!this.#toldToEnd) this.#blame(left, exitCode, crash, process);
    for (const { slot } of left) this.#sent.take(slot);
    this.#unsent.takeAll();
    this.#load = 0;
    if (back.length === left.length && crash !== undefined) warnOfCrash(crash.error);
    if (back.length > 0) this.#owner.jobsHaveNotBegun(this, back);
    const lost = left.filter((job) => !back.includes(job));
    for (const job of lost) this.#owner.jobHasLeft(job);
    for (const job of lost) {
      job.settle(new Failure(exitError(job.functionName, exitCode, crash, this.#endsFor, process)));
    }
    this.#owner.threadHasEnded(this);
  }

  /** Several jobs can have been on their way at once: it may be any of them. */
  #blame(
    jobs: readonly Job[],
    exitCode: number,
    crash: ThreadCrash | undefined,
    process: ProcessEnd | undefined,
  ): void {
    const ran = jobs.flatMap((job) => (this.hasBegun(job) ? (this.#sent.at(job.slot) ?? []) : []));
    this.#crashes.threadHasEnded(ran, ({ functionName }) =>
      exitError(functionName, exitCode, crash, undefined, process),
    );
  }

  /** Never so of a thread's first job: it may be that no thread can take it, and each one given it would die. */
  #cannotHaveBegun(job: Job, index: number): boolean {
    if (job.settled || this.#sent.at(job.slot)?.hasMoved) return false;
    if (index === 0 && !this.#hasAnswered) return false;
    return job.slot < 0 || !this.#sent.has(job) || this.#connection.progressOf(job.slot) === 'sent';
  }
}

function inOrder(jobs: Job[]): Job[] {
  return jobs.sort((a, b) => a.turn - b.turn);
}

/** The exit code of a thread that was ended from outside. */
const TERMINATED = 1;

const NONE: readonly unknown[] = [];
