import type { ScheduledCall } from '../../defer/clock.ts';
import type { Job } from '../job/job.ts';
import type { QueueOwner } from './job-queue.ts';
import { KeyedJobs } from './keyed-jobs.ts';
import type { PoolThread, ThreadOwner } from '../pool-thread/pool-thread.ts';
import { PriorityQueue } from './priority-queue.ts';
import { Roster } from './roster.ts';
import { Rotation } from './rotation.ts';
import { isStalled, StallWatch } from './stall-watch.ts';
import type { StuckThread } from '../pool-thread/stuck-thread.ts';

/** How much a team may do at a time. */
export interface TeamLimits {
  readonly min: number;
  readonly max: number;
  /** How many jobs may wait at a time, but those that could begin at once. */
  readonly maxQueue: number;
  /** How many jobs a thread may run at a time. */
  readonly concurrency: number;
  /** How many threads can run at a time. */
  readonly processors: number;
  /** Whether threads stay however idle they are, up to `max`. */
  readonly keepsIdle: boolean;
}

/** What a team asks of the pool it works for. */
export interface TeamOwner {
  /** @throws whatever stands in the way of making a thread */
  makeThread(owner: ThreadOwner): PoolThread;
  /** Calls `f` when some time has gone by, as the pool counts it. */
  callLater(milliseconds: number, f: () => void): ScheduledCall;
  /** A thread has become idle, or has ended. */
  teamHasChanged(): void;
  /** A thread has been told to end, and goes on. */
  threadIsStuck(thread: StuckThread): void;
  /** A job waits, and all threads that there may be, so many, wait for others. */
  allThreadsAreAbsent(threads: number): void;
  /** Fewer jobs wait, perhaps. */
  backlogHasShrunk(): void;
}

/**
 * An idle thread needs so long until it has begun a job, and it costs the loop a few microseconds to wake it. One that is
 * awake is done with short jobs sooner.
 */
const AWAKENING_NANOSECONDS = 50_000;

const NONE: readonly PoolThread[] = [];

/**
 * A pool's threads, and the jobs that wait for them.
 *
 * A job goes to a thread that is awake and will be done in a moment, else to an idle one, else to a new one, else,
 * where jobs are short, ahead of its turn to a thread that has one already, so that the thread need not wait for the
 * next. Once as many threads have short jobs as there are processors, that comes before an idle one. All of it costs the
 * same for any number of threads and of jobs that wait.
 *
 * After the Team of Twisted's `twisted._threads`.
 */
export class Team {
  /** The threads that there are. */
  readonly roster: Roster;
  readonly #owner: TeamOwner;
  readonly #maxQueue: number;
  readonly #concurrency: number;
  /** A thread more than these with short jobs would take its processor from one of them. */
  readonly #processors: number;
  readonly #queueOwner: QueueOwner = {
    waiting: 0,
    waitingJobHasLeft: (job) => this.#waitingJobHasLeft(job),
  };
  readonly #queue = new PriorityQueue(this.#queueOwner);
  readonly #keyed = new KeyedJobs(this.#queueOwner);
  /** How many jobs wait ahead at threads. */
  #ahead = 0;
  /** Threads that have jobs and may have more, ahead or beside these: the one that got one last at the end. */
  readonly #roomy = new Rotation();
  /** Those of them that may run more beside these, in the same order. Empty where a thread runs one at a time. */
  readonly #unfilled = new Rotation();
  /** Threads whose jobs another could begin sooner, the one that finished one last at the end. */
  readonly #laden = new Rotation();
  readonly #stallWatch = new StallWatch(this.#laden, 'idle', () => this.#relieve());
  readonly #crowdWatch = new StallWatch(this.#laden, 'busy', () => this.#relieve());
  readonly #threadOwner: ThreadOwner = {
    threadIsReady: (thread) => this.#threadIsReady(thread),
    threadHasAnswered: () => this.roster.threadHasAnswered(),
    jobHasLeft: (job) => this.#jobHasLeft(job),
    jobIsHeld: (thread) => this.#note(thread),
    threadHasRoom: (thread) => this.#threadHasRoom(thread),
    threadIsAbsent: (thread) => this.#threadIsAbsent(thread),
    threadIsBack: (thread) => this.#threadIsBack(thread),
    threadIsFree: (thread) => this.#threadIsFree(thread),
    threadIsEnding: (thread) => this.#threadIsEnding(thread),
    jobsHaveNotBegun: (thread, jobs) => this.#jobsHaveNotBegun(thread, jobs),
    threadIsStuck: (thread) => this.#threadIsStuck(thread),
    threadHasEnded: (thread) => this.#threadHasEnded(thread),
  };
  #serving = false;

  constructor(owner: TeamOwner, { min, max, maxQueue, concurrency, processors, keepsIdle }: TeamLimits) {
    this.#owner = owner;
    this.#maxQueue = maxQueue;
    this.#concurrency = concurrency;
    this.#processors = processors;
    this.roster = new Roster(
      {
        makeThread: () => owner.makeThread(this.#threadOwner),
        callLater: (milliseconds, f) => owner.callLater(milliseconds, f),
        mayGrowAgain: () => this.#mayGrowAgain(),
      },
      min,
      max,
      keepsIdle,
    );
  }

  /** Jobs that wait, those ahead at a thread included. */
  get backlog(): number {
    return this.#queueOwner.waiting + this.#ahead;
  }

  /** The jobs that no thread has. To be gone through at once: it changes with every job. */
  *waiting(): Generator<Job, void> {
    yield* this.#keyed.parked();
    yield* this.#queue.jobs();
  }

  /** Takes a job: it runs when its turn has come, from the next {@link serve} on. */
  enter(job: Job): void {
    if (job.key !== undefined) this.#keyed.enter(job);
    this.#queue.push(job);
  }

  /** Gives waiting jobs to threads, as long as there are both. */
  serve(): void {
    // A job that cannot be sent frees its thread at once: that must not start a loop within this one.
    if (this.#serving) return;
    this.#serving = true;
    while (this.#hasNext()) {
      let thread: PoolThread | undefined;
      try {
        thread = this.#nextThread(this.#queue.first as Job);
      } catch (error) {
        // It waits for the threads that there are. Soon there is a pause before the next is tried.
        if (this.roster.staying > 0) continue;
        const job = this.#queue.shift() as Job;
        this.#jobHasLeft(job);
        job.refuse(error);
        continue;
      }
      if (thread === undefined) {
        if (this.roster.areAllAbsent) this.#owner.allThreadsAreAbsent(this.roster.staying);
        break;
      }
      const job = this.#queue.giveTurn() as Job;
      thread.run(job, this.#queue.turns);
      this.#note(thread);
    }
    this.#serving = false;
    this.#relieve();
    this.#owner.backlogHasShrunk();
  }

  /** Whether a call of this key would begin at once, or as soon as a thread that does nothing has ended. */
  isFreeFor(key: unknown): boolean {
    if (this.#keyed.isTaken(key)) return false;
    const { size } = this.#queue;
    if (this.roster.isPausing || this.roster.vacancies > size) return true;
    return (size === 0 && this.#isOneFreeBesideOthers()) || this.roster.vacanciesSoon > size;
  }

  /** Whether a thread that runs jobs could begin another at once. */
  #isOneFreeBesideOthers(): boolean {
    return !this.roster.hasTooMany && this.#unfilled.firstWithRoom() !== undefined;
  }

  /**
   * Makes threads until there are `min`.
   *
   * @throws what stands in the way of making one
   */
  grow(): void {
    while (this.roster.staying < this.roster.min) this.#threadIsIdle(this.roster.add());
  }

  /** Makes the first thread, for a job that will come in a moment. */
  expect(): void {
    if (this.roster.threads.size > 0 || this.roster.vacancies === 0) return;
    try {
      this.roster.rest(this.roster.add());
      // The job may be refused, and then nothing else would look after the thread.
      this.#owner.teamHasChanged();
    } catch {
      // The job will meet with the same, and fail with it.
    }
  }

  /** Changes the limits. Jobs that wait get the threads of a higher `max` at once. */
  adjust(min: number, max: number): void {
    this.roster.adjust(min, max);
    this.serve();
  }

  /** Replaces no more threads. */
  quit(): void {
    if (this.roster.close()) this.#placesMayBeFree();
  }

  /** Ends the threads if all jobs are done: also one that is absent, where what a job has left behind waits. */
  endWhenDone(): void {
    if (this.#queueOwner.waiting > 0) return;
    for (const thread of this.roster.threads) if (thread.load > 0) return;
    this.roster.endAll();
  }

  /** Whether a job's turn has come. Those that must wait for another of their key are parked. */
  #hasNext(): boolean {
    for (let job = this.#queue.first; job !== undefined; job = this.#queue.first) {
      if (this.#keyed.mayRun(job)) return true;
      this.#queue.setAside();
      this.#keyed.park(job);
    }
    return false;
  }

  #jobHasLeft(job: Job): void {
    const next = this.#keyed.leave(job);
    if (next !== undefined) this.#queue.putBack([next]);
  }

  #waitingJobHasLeft(job: Job): void {
    this.#jobHasLeft(job);
    this.serve();
  }

  #nextThread(job: Job): PoolThread | undefined {
    if (this.roster.isPausing) throw this.roster.failure(job.functionName);
    if (this.roster.vacancies > 0) {
      const awake = this.#awakeThread();
      if (awake !== undefined) return awake;
      const idle = this.roster.takeIdle();
      if (idle !== undefined) return idle;
      this.roster.allowOneMore();
      // What was sent ahead came first, and would now wait longer than what comes after it.
      const stalled = this.#laden.threads().filter((thread) => thread.started && isStalled(thread));
      // The first to begin is another then, perhaps one whose turn has not come.
      if (this.#recall(stalled)) this.#hasNext();
      // One that had begun nothing is free now.
      return this.roster.takeIdle() ?? this.roster.add();
    }
    // The threads that are too many end when they have done what they have.
    return this.roster.hasTooMany ? undefined : this.#firstWithRoom();
  }

  /** The thread with short jobs that has done them sooner than an idle one would begin. */
  #awakeThread(): PoolThread | undefined {
    // The job, which counts here already, was taken because it can begin at once.
    if (this.backlog > this.#maxQueue) return undefined;
    const last = this.#roomy.last?.thread;
    if (last !== undefined && last.expected < AWAKENING_NANOSECONDS && last.hasRoom) return last;
    if (this.#roomy.size < this.#processors) return undefined;
    const first = this.#firstWithRoom();
    // Jobs that may run beside others in a thread are better off in one of their own.
    return first?.expected === Number.POSITIVE_INFINITY ? undefined : first;
  }

  /** Of the threads that take one more job, the one that got one longest ago: one that begins it at once, if there is such. */
  #firstWithRoom(): PoolThread | undefined {
    return this.#unfilled.firstWithRoom() ?? this.#roomy.firstWithRoom();
  }

  /** Puts a thread where it belongs by what it has to do. */
  #note(thread: PoolThread): void {
    // Somebody who hears of its job, or whose arguments are read, may have ended it.
    if (this.roster.isEnding(thread)) return;
    this.#count(thread, thread.ahead);
    const { load } = thread;
    const isRoomy = load > 0 && thread.hasRoom;
    this.#roomy.put(thread.roomy, isRoomy);
    if (this.#concurrency > 1) this.#unfilled.put(thread.unfilled, isRoomy && load < this.#concurrency);
    this.#laden.put(thread.laden, load > 1 || (load > 0 && !thread.started));
  }

  #count(thread: PoolThread, ahead: number): void {
    this.#ahead += ahead - thread.counted;
    thread.counted = ahead;
  }

  #mayGrowAgain(): void {
    this.#growToMin();
    this.serve();
  }

  /** Makes threads that have ended anew. Where that fails, the next call has the error, or the next try goes well. */
  #growToMin(): void {
    while (this.roster.needsThread) {
      let thread: PoolThread;
      try {
        thread = this.roster.add();
      } catch {
        continue;
      }
      this.#threadIsIdle(thread);
    }
  }

  #threadIsReady(thread: PoolThread): void {
    this.roster.threadIsReady(thread);
    // No other would begin its job sooner any more.
    this.#note(thread);
  }

  #threadHasRoom(thread: PoolThread): void {
    this.#note(thread);
    // An absent one rests when it is back.
    if (thread.load === 0 && !this.roster.isAbsent(thread)) return this.#threadIsIdle(thread);
    if (this.#queueOwner.waiting > 0) this.serve();
    else this.#owner.backlogHasShrunk();
    return thread.load === 0 ? this.#owner.teamHasChanged() : undefined;
  }

  #threadIsIdle(thread: PoolThread): void {
    if (this.roster.hasTooMany) return thread.end();
    this.roster.rest(thread);
    this.serve();
    return this.#owner.teamHasChanged();
  }

  /** What it has not begun would wait for what its job waits for. */
  #threadIsAbsent(thread: PoolThread): void {
    this.roster.threadIsAbsent(thread);
    this.#jobsHaveNotBegun(thread, thread.takeBack());
  }

  #threadIsBack(thread: PoolThread): void {
    if (!this.roster.threadIsBack(thread)) return undefined;
    if (thread.load === 0) return this.#threadIsIdle(thread);
    this.#note(thread);
    return this.serve();
  }

  #threadIsFree(thread: PoolThread): void {
    if (this.roster.staying > this.roster.mostIdle) return thread.end();
    // It may be asked again when there are more.
    thread.isAsked = false;
    return undefined;
  }

  #threadIsEnding(thread: PoolThread): void {
    this.roster.threadIsEnding(thread);
    this.#count(thread, 0);
    this.#roomy.remove(thread.roomy);
    this.#unfilled.remove(thread.unfilled);
    this.#laden.remove(thread.laden);
  }

  #jobsHaveNotBegun(thread: PoolThread, jobs: readonly Job[]): void {
    this.#note(thread);
    this.#queue.giveTurnBack(jobs);
    this.serve();
  }

  #threadIsStuck(thread: PoolThread): void {
    const stuck = thread.stuck();
    if (stuck !== undefined) this.#owner.threadIsStuck(stuck);
    if (this.roster.giveUpStuck()) this.#placesMayBeFree();
  }

  #threadHasEnded(thread: PoolThread): void {
    this.roster.threadHasEnded(thread);
    // Its call may have held a key, too.
    this.#placesMayBeFree();
  }

  #placesMayBeFree(): void {
    this.#mayGrowAgain();
    this.#owner.teamHasChanged();
  }

  /** No job stays behind another's long one while a thread is free, nor for long while others go on. */
  #relieve(): void {
    // A thread may have begun its job without having been heard of yet: then there is nothing to take.
    if (!this.#recall(this.#stalled())) return;
    this.serve();
    this.#owner.teamHasChanged();
  }

  #stalled(): readonly PoolThread[] {
    if (this.roster.vacancies > 0) return this.#stallWatch.stalled(this.roster.idle > 0);
    // Threads that may run several would get what was taken back from them.
    return this.#concurrency === 1 ? this.#crowdWatch.stalled(false) : NONE;
  }

  /** Takes back what threads have not begun. False where that is nothing. */
  #recall(threads: readonly PoolThread[]): boolean {
    if (threads.length === 0) return false;
    const jobs = threads.flatMap((thread) => thread.takeBack());
    if (jobs.length === 0) return false;
    this.#queue.giveTurnBack(jobs.sort((a, b) => a.turn - b.turn));
    for (const thread of threads) {
      this.#note(thread);
      // It had begun none of them.
      if (thread.load === 0) this.roster.rest(thread);
    }
    return true;
  }
}
