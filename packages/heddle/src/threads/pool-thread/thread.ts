import type { TimeSource } from '../../defer/clock.ts';
import { Failure } from '../../defer/failure.ts';
import { Absence } from './absence.ts';
import { CallsFromThread } from './calls-from-thread.ts';
import type { Connect, ThreadConnection, ThreadEnd } from '../connection/connection.ts';
import type { CrashRecord } from './crash-record.ts';
import { GivenUpJobs } from './given-up-jobs.ts';
import type { Job } from '../job/job.ts';
import { JobSender } from './job-sender.ts';
import { KnownFunctions } from './known-functions.ts';
import type { PoolThread, StartFailure, ThreadOwner } from './pool-thread.ts';
import { Place } from './place.ts';
import type { RunTimes } from './run-times.ts';
import { SentJobs } from './sent-jobs.ts';
import type { ThreadStatistics } from '../observing/statistics.ts';
import type { StuckThread } from './stuck-thread.ts';
import { ThreadEnding } from './thread-ending.ts';
import { entryLoadedAgain, exitError, notBegunError, startError, warnOfCrash } from './thread-exit.ts';
import { InitRun, type ThreadInit } from './thread-init.ts';
import { ThreadUsage } from './thread-usage.ts';
import { ThreadWear, type WearLimits } from './thread-wear.ts';
import type { TellWhereabouts } from '../connection/whereabouts.ts';
import type { SlotOutcome } from '../wire/channel/channel.ts';
import type { MoreItems } from '../wire/messages.ts';
import { now } from '../../defer/node-timers.ts';

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
 * The reactor's side of one thread: it does its jobs one after the other, or as many at once as its pool allows, and there
 * is an answer for each whatever becomes of the thread.
 */
export class Thread implements PoolThread {
  readonly #owner: ThreadOwner;
  readonly #connection: ThreadConnection;
  readonly name: string;
  readonly #functions: KnownFunctions;
  readonly #usage: ThreadUsage;
  readonly #calls: CallsFromThread;
  readonly #crashes: CrashRecord;
  readonly #wear: ThreadWear;
  readonly #init: InitRun | undefined;
  readonly #concurrency: number;
  #passedToInit: readonly Function[] = [];
  readonly #sent = new SentJobs();
  readonly #sender: JobSender;
  #load = 0;
  #isStalled = false;
  /** Whether jobs were taken back, or could have been, since the last one was given or has ended. */
  #hasGivenBack = false;
  readonly #absence: Absence;
  readonly #givenUp: GivenUpJobs;
  #hasAnswered = false;
  /** Whether it takes no more jobs: it has been told to end, or is gone already. */
  #isEnding = false;
  readonly #ending: ThreadEnding;
  #started = false;
  startFailure: StartFailure | undefined;
  lastProgress: number = now();
  counted = 0;
  readonly roomy: Place = new Place(this);
  readonly unfilled: Place = new Place(this);
  readonly laden: Place = new Place(this);
  isAsked = false;
  isIdle = false;
  #asks = 0;

  /** @throws whatever stands in the way of making the thread */
  constructor(
    owner: ThreadOwner,
    connect: Connect,
    { name, time, now, init, concurrency, crashes, runTimes, wear }: ThreadOptions,
  ) {
    this.#owner = owner;
    this.#concurrency = concurrency;
    this.name = name;
    this.#ending = new ThreadEnding(time, now);
    this.#usage = new ThreadUsage(name, now, concurrency);
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
      ended: (end) => this.#ended(end),
    });
    this.#sender = new JobSender({
      connection: this.#connection,
      functions: this.#functions,
      crashes,
      sent: this.#sent,
      load: () => this.#load,
      jobHasLeft: (job) => this.#jobHasLeft(job),
      jobIsHeld: () => owner.jobIsHeld(this),
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
        if (!this.#isEnding) this.#absence.waitsForAnswer();
      },
      goesOn: () => this.#absence.hasAnswer(),
    });
    this.#absence = new Absence(
      concurrency,
      // Another thread would run `initThread`, too, and wait for the same.
      () => !this.#init?.isRunning,
      (isAbsent) => {
        if (isAbsent) owner.threadIsAbsent(this);
        else owner.threadIsBack(this);
      },
    );
    this.#init =
      init &&
      new InitRun(
        init,
        (callable) => {
          if (this.#isEnding) return -1;
          const slot = this.#sender.sendInit(callable);
          this.#passedToInit = this.#connection.takePassed();
          return slot;
        },
        () => this.#initHasEnded(),
      );
  }

  get load(): number {
    return this.#load;
  }

  get ahead(): number {
    return Math.max(this.#load - this.#concurrency, this.#sender.held);
  }

  get mayGiveBack(): boolean {
    return !this.#hasGivenBack && this.#connection.keepsJobs !== true;
  }

  get started(): boolean {
    return this.#started;
  }

  get hasRoom(): boolean {
    if (this.#isEnding || this.#isStalled || this.#absence.isAbsent || !this.#sender.hasRoom) return false;
    if (!this.#wear.allowsBeside(this.#load)) return false;
    if (this.#load < this.#concurrency) return true;
    return this.#expectedWork() < AHEAD_NANOSECONDS;
  }

  get expected(): number {
    // Jobs that may run at once share more than a thread's time: one that is ended takes the others with it.
    return this.#concurrency > 1 ? Number.POSITIVE_INFINITY : this.#expectedWork();
  }

  #expectedWork(): number {
    return this.#started && this.#sender.waiting === 0 ? this.#sent.expected : Number.POSITIVE_INFINITY;
  }

  usage(): ThreadStatistics {
    let running = 0;
    for (const { job } of this.#sent.all()) running += this.runTimeOf(job);
    return this.#usage.statistics(running);
  }

  jobs(): Job[] {
    return [...inOrder(this.#sent.all().map(({ job }) => job)), ...this.#sender.unsent()];
  }

  run(job: Job, turn: number): void {
    job.holder = this;
    job.slot = -1;
    this.isAsked = false;
    this.#load++;
    this.#hasGivenBack = false;
    if (this.#load === 1) {
      this.lastProgress = now();
      this.#isStalled = false;
    }
    this.#sender.giveTurn(job, turn);
    if (job.settled) return this.#jobHasLeft(job);
    if (this.#init?.isRunning) this.#sender.keep(job);
    else this.#sender.send(job, job.callable);
    return undefined;
  }

  /** Gives up a job. One that runs keeps the thread until it ends, or the thread is ended. */
  release(job: Job): void {
    job.holder = undefined;
    if (this.#sender.giveUp(job)) return this.#jobHasLeft(job);
    // It is being sent, which looks by itself whether it is still wanted; or it has ended, and its slot is another's.
    if (!this.#sent.has(job)) return undefined;
    if (this.#withdraw(job)) return this.#jobHasLeft(job);
    // The others shall not wait for it, and from here on the thread begins no other job, which could die with it.
    const back = this.takeBack();
    if (this.#givenUp.add(job)) {
      this.#calls.jobHasEnded(job.slot);
      this.#absence.jobGoesOn(job);
    }
    if (this.#givenUp.size > 0) this.#isStalled = true;
    return this.#owner.jobsHaveNotBegun(this, back);
  }

  hasBegun(job: Job): boolean {
    return this.#sent.has(job) && this.#connection.progressOf(job.slot) !== 'sent';
  }

  isDone(job: Job): boolean {
    return this.#sent.has(job) && this.#connection.progressOf(job.slot) === 'done';
  }

  runTimeOf(job: Job): number {
    return this.#sent.has(job) ? this.#connection.runTimeOf(job.slot) : 0;
  }

  /** Items have been taken, or nobody wants any more; the job then ends by itself, in its own time. */
  tellOfItems(job: Job, items: MoreItems | 'none'): void {
    if (!this.#sent.has(job)) return;
    this.#absence.jobGoesOn(job);
    if (items === 'none') this.#connection.leave(job.slot);
    else this.#connection.itemsWereTaken(items);
  }

  waitsForTaker(job: Job): void {
    if (!this.#isEnding && this.#sent.has(job)) this.#absence.jobIsHeldUp(job);
  }

  whereIs(job: Job, tell: TellWhereabouts): (() => void) | undefined {
    if (!this.hasBegun(job)) return undefined;
    // Of jobs that share the thread, nobody can tell whose code it is in.
    if (this.#sent.all().some((sent) => sent.job !== job && this.hasBegun(sent.job))) return undefined;
    this.#ending.wasNotSeen();
    return this.#connection.whereIs?.((frames) => {
      if (!this.#sent.has(job)) return;
      this.#ending.wasSeen(job, frames);
      tell(frames);
    });
  }

  takeBack(): Job[] {
    this.#hasGivenBack = true;
    const back = this.#sent.all().flatMap(({ job, hasMoved }) => (!hasMoved && this.#withdraw(job) ? [job] : []));
    const all = [...inOrder(back), ...this.#sender.takeBack()];
    this.#load -= all.length;
    // Where several may run, those that have begun need not stand in the way of others.
    if (this.#concurrency === 1 || back.length > 0) this.#isStalled = true;
    return all;
  }

  end(): void {
    if (this.#isEnding) return;
    this.#ending.isTold = true;
    this.#willEnd();
    const back = this.takeBack();
    this.#ending.begin(this.#connection, () => this.#shouldHaveEnded());
    if (back.length > 0) this.#owner.jobsHaveNotBegun(this, back);
  }

  askWhenFree(): void {
    this.isAsked = true;
    if (this.#connection.askWhenFree === undefined) this.#owner.threadIsFree(this);
    else this.#connection.askWhenFree(++this.#asks);
  }

  stuck(): StuckThread | undefined {
    return this.#ending.stuck(this.name, () => this.jobs().find((job) => this.hasBegun(job)));
  }

  #endFor(job: Job): void {
    this.#ending.endsFor = job;
    this.end();
  }

  #shouldHaveEnded(): void {
    // Calls that share the thread with the one for which it was to end do not wait for native code either.
    for (const job of this.jobs()) job.settle(new Failure(this.#ending.errorOf(job)));
    this.#owner.threadIsStuck(this);
  }

  #willEnd(): void {
    this.#isEnding = true;
    this.#givenUp.stop();
    this.#owner.threadIsEnding(this);
  }

  #initHasEnded(): void {
    if (this.#isEnding) return;
    this.lastProgress = now();
    if (!this.#init?.hasFailed) {
      this.#sender.sendKept();
      this.#owner.threadIsReady(this);
      // What it has left behind may have asked by now.
      if (!this.#isEnding) this.#absence.look();
      return;
    }
    const init = this.#init;
    const waiting = this.#sender.takeBack();
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

  #completed(
    slot: number,
    outcome: SlotOutcome,
    result: unknown,
    microseconds: number,
    beganAt: number,
    cpuMicroseconds: number,
  ): void {
    this.#sender.slotIsFree();
    if (slot === this.#init?.slot) return this.#init.completed(outcome, result);
    const sent = outcome === 'withdrawn' ? undefined : this.#sent.take(slot);
    if (sent === undefined) return this.#hasPassed();
    this.#calls.jobHasEnded(slot);
    this.#absence.jobGoesOn(sent.job);
    this.#ending.jobHasEnded(sent.job);
    if (!this.#hasAnswered) this.#owner.threadHasAnswered();
    this.#hasAnswered = true;
    this.#usage.hasRun(microseconds, cpuMicroseconds);
    this.#wear.jobHasEnded();
    sent.job.hasRun(beganAt, microseconds, cpuMicroseconds);
    this.#givenUp.hasEnded(slot);
    this.#hasGivenBack = false;
    // The result of another job says nothing about the one that was given up.
    if (this.#givenUp.size === 0) this.#isStalled = false;
    // When it was heard of together with others, callbacks may have taken a while since.
    const { heardAt } = this.#connection;
    this.lastProgress = heardAt === undefined || this.#load === 1 ? now() : heardAt;
    sent.known.hasAnswered(outcome, microseconds);
    if (outcome === 'value' || outcome === 'thrown') this.#crashes.hasAnswered(sent.reference);
    // The thread is free before the callbacks run: they may have the next call to make.
    this.#jobHasLeft(sent.job);
    sent.job.settle(outcome === 'value' ? result : new Failure(result));
    return undefined;
  }

  /** It has come to a job that was taken back, and goes on: whatever it does beside others does not hold these up. */
  #hasPassed(): void {
    const hasSent = this.#sender.sendHeld();
    if (this.#isEnding) return;
    const goesOn = this.#concurrency > 1 && this.#isStalled && this.#givenUp.size === 0;
    if (goesOn) this.#isStalled = false;
    if (goesOn || hasSent) this.#owner.threadHasRoom(this);
  }

  #jobHasLeft(job: Job): void {
    this.#load--;
    this.#owner.jobHasLeft(job);
    if (this.#isEnding) return;
    if (this.#wear.isWorn) this.#retire();
    else this.#sender.sendHeld();
    if (!this.#isEnding) this.#owner.threadHasRoom(this);
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

  #ended(end: ThreadEnd): void {
    this.#ending.hasEnded();
    const left = this.jobs();
    const hasNotStarted = !this.#ending.isTold && !this.#hasAnswered && !left.some((job) => this.hasBegun(job));
    if (hasNotStarted) this.startFailure = (functionName) => startError(functionName, end);
    if (!this.#isEnding) this.#willEnd();
    const { neverStarted = false } = end;
    const back = left.filter((job, index) => this.#cannotHaveBegun(job, index === 0 && !neverStarted));
    if (!this.#ending.isTold) this.#blame(left, end);
    for (const { slot } of left) this.#sent.take(slot);
    this.#sender.takeBack();
    this.#load = 0;
    if (back.length === left.length && end.crash !== undefined) warnOfCrash(end, end.crash);
    if (back.length > 0) this.#owner.jobsHaveNotBegun(this, back);
    const lost = left.filter((job) => !back.includes(job));
    for (const job of lost) this.#owner.jobHasLeft(job);
    for (const job of lost) {
      job.settle(new Failure(hasNotStarted ? notBegunError(job.functionName, end) : this.#errorOf(job, end)));
    }
    this.#owner.threadHasEnded(this);
  }

  #errorOf(job: Job, end: ThreadEnd): unknown {
    // In a thread that has not answered yet, it was something else that has found the entry.
    const again = this.#hasAnswered ? entryLoadedAgain(job.functionName, end) : undefined;
    return again ?? this.#ending.errorOf(job, end);
  }

  /** Several jobs can have been on their way at once: it may be any of them. */
  #blame(jobs: readonly Job[], end: ThreadEnd): void {
    const ran = jobs.flatMap((job) => (this.hasBegun(job) ? (this.#sent.at(job.slot) ?? []) : []));
    this.#crashes.threadHasEnded(ran, ({ functionName }) => exitError(functionName, end, undefined));
  }

  /** Never so of a thread's first job: it may be that no thread can take it, and each one given it would die. */
  #cannotHaveBegun(job: Job, isFirst: boolean): boolean {
    if (job.settled || this.#sent.at(job.slot)?.hasMoved) return false;
    if (isFirst && !this.#hasAnswered) return false;
    return job.slot < 0 || !this.#sent.has(job) || this.#connection.progressOf(job.slot) === 'sent';
  }
}

function inOrder(jobs: Job[]): Job[] {
  return jobs.sort((a, b) => a.turn - b.turn);
}
