import type { ScheduledCall } from '../defer/clock.ts';
import type { Job } from './job.ts';
import type { QueueOwner } from './job-queue.ts';
import { KeyedJobs } from './keyed-jobs.ts';
import type { PoolThread, ThreadOwner } from './pool-thread.ts';
import { PriorityQueue } from './priority-queue.ts';
import { RespawnDelay } from './respawn-delay.ts';
import { Rotation } from './rotation.ts';
import { isStalled, StallWatch } from './stall-watch.ts';
import type { ThreadStatistics } from './statistics.ts';
import type { StuckThread } from './stuck-thread.ts';
import { notMadeError } from './thread-exit.ts';

/** How much a team may do at a time. */
export interface TeamLimits {
  readonly min: number;
  readonly max: number;
  /** How many jobs may wait at a time, but those that could begin at once. */
  readonly maxQueue: number;
  /** How many threads can run at a time. */
  readonly processors: number;
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
  /** Fewer jobs wait, perhaps. */
  backlogHasShrunk(): void;
}

/**
 * So many threads that wait for the reactor may have others in their place: jobs that wait for calls which wait for
 * threads cannot lock a pool up, and a storm of them does not fill the memory with threads.
 */
const MOST_ABSENT = 64;

/**
 * An idle thread needs so long until it has begun a job, and it costs the loop a few microseconds to wake it. One that is
 * awake is done with short jobs sooner.
 */
const AWAKENING_NANOSECONDS = 50_000;

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
  readonly #owner: TeamOwner;
  readonly #maxQueue: number;
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
  readonly #threads = new Set<PoolThread>();
  /** Those of the threads that have been told to end and still take room. */
  readonly #ending = new Set<PoolThread>();
  /** Those that can do nothing: their job waits for the reactor, or for somebody who takes its items. */
  readonly #absent = new Set<PoolThread>();
  /** How many threads more than `max` there may be for them. */
  #extra = 0;
  /** Threads that have been given up: they should have ended, go on, and count no more. */
  readonly #stuck = new Set<PoolThread>();
  /** The thread that was idle last is used first, so that the others may end. */
  readonly #idle: PoolThread[] = [];
  /** Threads that take jobs ahead, the one that got one last at the end. */
  readonly #roomy = new Rotation();
  /** Threads whose jobs another could begin sooner, the one that finished one last at the end. */
  readonly #laden = new Rotation();
  readonly #stallWatch = new StallWatch(this.#laden, () => this.#relieve());
  readonly #respawn: RespawnDelay = new RespawnDelay(
    (milliseconds, f) => this.#owner.callLater(milliseconds, f),
    () => this.#mayGrowAgain(),
  );
  readonly #threadOwner: ThreadOwner = {
    threadIsReady: (thread) => this.#respawn.threadIsReady(thread),
    threadHasAnswered: () => this.#respawn.threadHasAnswered(),
    jobHasLeft: (job) => this.#jobHasLeft(job),
    threadHasRoom: (thread) => this.#threadHasRoom(thread),
    threadIsAbsent: (thread) => this.#threadIsAbsent(thread),
    threadIsBack: (thread) => this.#threadIsBack(thread),
    threadIsFree: (thread) => this.#threadIsFree(thread),
    threadIsEnding: (thread) => this.#threadIsEnding(thread),
    jobsHaveNotBegun: (thread, jobs) => this.#jobsHaveNotBegun(thread, jobs),
    threadIsStuck: (thread) => this.#threadIsStuck(thread),
    threadHasEnded: (thread) => this.#threadHasEnded(thread),
  };
  #min: number;
  #max: number;
  /** How many jobs threads have got: the order in which they go back if they must. */
  #turns = 0;
  #serving = false;
  #stopping = false;

  constructor(owner: TeamOwner, { min, max, maxQueue, processors }: TeamLimits) {
    this.#owner = owner;
    this.#maxQueue = maxQueue;
    this.#processors = processors;
    this.#min = min;
    this.#max = max;
  }

  get min(): number {
    return this.#min;
  }

  get max(): number {
    return this.#max;
  }

  /** Threads that exist, those that are about to end included. */
  get threads(): number {
    return this.#threads.size;
  }

  /** Threads that stay. */
  get staying(): number {
    return this.#threads.size - this.#ending.size;
  }

  get idle(): number {
    return this.#idle.length;
  }

  /** Jobs that wait, those ahead at a thread included. */
  get backlog(): number {
    return this.#queueOwner.waiting + this.#ahead;
  }

  /** The jobs that threads have, but those that wait ahead there. */
  running(): Job[] {
    return [...this.#threads].flatMap((thread) => thread.jobs().slice(0, thread.load - thread.ahead));
  }

  /** The jobs that wait ahead at threads. */
  sentAhead(): Job[] {
    return [...this.#threads].flatMap((thread) => thread.jobs().slice(thread.load - thread.ahead));
  }

  /** How each thread is used. */
  usage(): ThreadStatistics[] {
    return [...this.#threads].map((thread) => thread.usage());
  }

  /** The threads that should have ended and go on. */
  stuck(): StuckThread[] {
    return [...this.#stuck, ...this.#ending].flatMap((thread) => thread.stuck() ?? []);
  }

  /** The jobs that no thread has. To be gone through at once: it changes with every job. */
  *waiting(): Generator<Job, void> {
    yield* this.#keyed.parked();
    yield* this.#queue.jobs();
  }

  /** The jobs that threads have, those included that were given up and go on, each with its thread. */
  taken(): { readonly job: Job; readonly thread: PoolThread }[] {
    return [...this.#threads, ...this.#stuck].flatMap((thread) => thread.jobs().map((job) => ({ job, thread })));
  }

  /** Takes a job: it runs when its turn has come. */
  do(job: Job): void {
    if (job.key !== undefined) this.#keyed.enter(job);
    this.#queue.push(job);
    this.#serve();
  }

  /** Whether a call of this key would begin at once. */
  isFreeFor(key: unknown): boolean {
    if (this.#keyed.isTaken(key)) return false;
    return this.#nothingToWaitFor || this.#vacancies > this.#queue.size;
  }

  /**
   * Makes threads until there are `min`.
   *
   * @throws what stands in the way of making one
   */
  grow(): void {
    while (this.staying < this.#min) this.#threadIsIdle(this.#addThread());
  }

  /** Makes the first thread, for a job that will come in a moment. */
  expect(): void {
    if (this.#threads.size > 0 || this.#vacancies === 0) return;
    try {
      this.#rest(this.#addThread());
      // The job may be refused, and then nothing else would look after the thread.
      this.#owner.teamHasChanged();
    } catch {
      // The job will meet with the same, and fail with it.
    }
  }

  /** Changes the limits. Jobs that wait get the threads of a higher `max` at once. */
  adjust(min: number, max: number): void {
    this.#min = min;
    this.#max = max;
    this.#extra = this.#absent.size;
    for (const thread of this.#idle.slice(0, Math.max(0, this.staying - max - this.#extra))) thread.end();
    this.#serve();
  }

  /** Ends threads that have been idle since before `before`, down to `min`, once nothing of their own keeps them. */
  endIdle(before: number): void {
    this.#extra = this.#absent.size;
    const unneeded = this.#idle.filter(({ lastProgress, isAsked }) => lastProgress <= before && !isAsked);
    for (const thread of unneeded) thread.askWhenFree();
  }

  /** Since when the thread has been idle that has been so longest, of those that have not been asked about it. */
  get idleSince(): number | undefined {
    return this.#idle.find(({ isAsked }) => !isAsked)?.lastProgress;
  }

  /** Replaces no more threads. */
  quit(): void {
    this.#stopping = true;
    this.#giveUpStuck();
  }

  /** Ends the threads if all jobs are done: also one that is absent, where what a job has left behind waits. */
  endWhenDone(): void {
    if (this.#queueOwner.waiting > 0) return;
    for (const thread of this.#threads) if (thread.load > 0) return;
    this.endAll();
  }

  /** Ends all threads, whatever they are doing. */
  endAll(): void {
    for (const thread of this.#threads) thread.end();
  }

  /** Gives waiting jobs to threads, as long as there are both. */
  #serve(): void {
    // A job that cannot be sent frees its thread at once: that must not start a loop within this one.
    if (this.#serving) return;
    this.#serving = true;
    while (this.#hasNext()) {
      let thread: PoolThread | undefined;
      try {
        thread = this.#nextThread(this.#queue.first as Job);
      } catch (error) {
        // It waits for the threads that there are. Soon there is a pause before the next is tried.
        if (this.staying > 0) continue;
        const job = this.#queue.shift() as Job;
        this.#jobHasLeft(job);
        job.refuse(error);
        continue;
      }
      if (thread === undefined) break;
      const job = this.#queue.shift() as Job;
      job.getsTurn(++this.#turns);
      thread.run(job);
      this.#note(thread);
    }
    this.#serving = false;
    this.#relieve();
    this.#owner.backlogHasShrunk();
  }

  /** Whether a job's turn has come. Those that must wait for another of their key are parked. */
  #hasNext(): boolean {
    for (let job = this.#queue.first; job !== undefined; job = this.#queue.first) {
      if (this.#keyed.mayRun(job)) return true;
      this.#queue.shift();
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
    this.#serve();
  }

  /** How many jobs could begin at once: so many threads do not work, or do not exist yet. */
  get #vacancies(): number {
    const absent = Math.min(this.#absent.size, MOST_ABSENT);
    const vacancies = Math.max(0, this.#max + absent - (this.#threads.size - this.#idle.length));
    return this.#respawn.mayMakeThread ? vacancies : Math.min(vacancies, this.#idle.length);
  }

  /** Whether there is only the next try to make a thread, which may go no better. */
  get #nothingToWaitFor(): boolean {
    return this.#respawn.isPausing && this.staying === 0;
  }

  #nextThread(job: Job): PoolThread | undefined {
    if (this.#nothingToWaitFor) throw this.#respawn.failure(job.functionName);
    if (this.#vacancies > 0) {
      const awake = this.#awakeThread();
      if (awake !== undefined) return awake;
      const idle = this.#takeIdle();
      if (idle !== undefined) return idle;
      this.#extra = Math.max(this.#extra, this.#threads.size + 1 - this.#max);
      // What was sent ahead came first, and would now wait longer than what comes after it.
      this.#recall(this.#laden.threads().filter((thread) => thread.started && isStalled(thread)));
      // One that had begun nothing is free now.
      return this.#takeIdle() ?? this.#addThread();
    }
    // The threads that are too many end when they have done what they have.
    return this.staying > this.#max + this.#extra ? undefined : this.#firstWithRoom();
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

  /** Of the threads that take a job ahead of its turn, the one that got one longest ago. */
  #firstWithRoom(): PoolThread | undefined {
    for (let place = this.#roomy.first; place !== undefined; place = this.#roomy.first) {
      if (place.thread.hasRoom) return place.thread;
      // It works on a call that was given up, and nobody knew whether it has room meanwhile.
      this.#roomy.remove(place);
    }
    return undefined;
  }

  /** Puts a thread where it belongs by what it has to do. */
  #note(thread: PoolThread): void {
    this.#count(thread, thread.ahead);
    const { load } = thread;
    this.#roomy.put(thread.roomy, load > 0 && thread.hasRoom);
    this.#laden.put(thread.laden, load > 1 || (load > 0 && !thread.started));
  }

  #count(thread: PoolThread, ahead: number): void {
    this.#ahead += ahead - thread.counted;
    thread.counted = ahead;
  }

  #mayGrowAgain(): void {
    this.#growToMin();
    this.#serve();
  }

  /** Makes threads that have ended anew. Where that fails, the next call has the error, or the next try goes well. */
  #growToMin(): void {
    while (!this.#stopping && this.staying < this.#min && this.#vacancies > this.#idle.length) {
      let thread: PoolThread;
      try {
        thread = this.#addThread();
      } catch {
        continue;
      }
      this.#threadIsIdle(thread);
    }
  }

  #addThread(): PoolThread {
    let thread: PoolThread;
    try {
      thread = this.#owner.makeThread(this.#threadOwner);
    } catch (cause) {
      const error = notMadeError(cause);
      this.#respawn.threadCannotBeMade(error);
      throw error;
    }
    this.#threads.add(thread);
    this.#respawn.threadWasMade(thread);
    return thread;
  }

  #threadHasRoom(thread: PoolThread): void {
    this.#note(thread);
    // An absent one rests when it is back.
    if (thread.load === 0 && !this.#absent.has(thread)) return this.#threadIsIdle(thread);
    if (this.#queueOwner.waiting > 0) this.#serve();
    else this.#owner.backlogHasShrunk();
    return thread.load === 0 ? this.#owner.teamHasChanged() : undefined;
  }

  #threadIsIdle(thread: PoolThread): void {
    if (this.staying > this.#max + this.#extra) return thread.end();
    this.#rest(thread);
    this.#serve();
    return this.#owner.teamHasChanged();
  }

  /** What it has not begun would wait for what its job waits for. */
  #threadIsAbsent(thread: PoolThread): void {
    this.#absent.add(thread);
    // What a job has left behind may ask as well, in a thread that has none.
    this.#leaveIdle(thread);
    this.#jobsHaveNotBegun(thread, thread.takeBack());
  }

  #threadIsBack(thread: PoolThread): void {
    if (!this.#absent.delete(thread)) return undefined;
    if (thread.load === 0) return this.#threadIsIdle(thread);
    this.#note(thread);
    return this.#serve();
  }

  #threadIsFree(thread: PoolThread): void {
    if (this.staying > this.#min) return thread.end();
    // It may be asked again when there are more.
    thread.isAsked = false;
    return undefined;
  }

  #threadIsEnding(thread: PoolThread): void {
    this.#respawn.threadIsEnding(thread, thread.startFailure);
    this.#ending.add(thread);
    this.#absent.delete(thread);
    this.#count(thread, 0);
    this.#roomy.remove(thread.roomy);
    this.#laden.remove(thread.laden);
    this.#leaveIdle(thread);
  }

  #takeIdle(): PoolThread | undefined {
    const thread = this.#idle.pop();
    if (thread !== undefined) thread.isIdle = false;
    return thread;
  }

  #leaveIdle(thread: PoolThread): void {
    if (!thread.isIdle) return;
    thread.isIdle = false;
    this.#idle.splice(this.#idle.indexOf(thread), 1);
  }

  #jobsHaveNotBegun(thread: PoolThread, jobs: readonly Job[]): void {
    if (!this.#ending.has(thread)) this.#note(thread);
    this.#queue.putBack(jobs);
    this.#serve();
  }

  #threadIsStuck(thread: PoolThread): void {
    const stuck = thread.stuck();
    if (stuck !== undefined) this.#owner.threadIsStuck(stuck);
    this.#giveUpStuck();
  }

  /** Gives the places of stuck threads to others: at most `max` of them, because they take processors and memory. */
  #giveUpStuck(): void {
    for (const thread of this.#ending) {
      if (!this.#stopping && this.#stuck.size >= this.#max) return;
      if (thread.stuck() === undefined) continue;
      this.#stuck.add(thread);
      this.#threadHasLeft(thread);
    }
  }

  #threadHasEnded(thread: PoolThread): void {
    if (!this.#stuck.delete(thread)) return this.#threadHasLeft(thread);
    this.#giveUpStuck();
    // Its call may have held a key.
    return this.#serve();
  }

  #threadHasLeft(thread: PoolThread): void {
    this.#threads.delete(thread);
    this.#ending.delete(thread);
    this.#mayGrowAgain();
    this.#owner.teamHasChanged();
  }

  /** While a thread is free, no job stays behind another's long one. */
  #relieve(): void {
    if (this.#vacancies === 0) return;
    // A thread may have begun its job without having been heard of yet: then there is nothing to take.
    if (!this.#recall(this.#stallWatch.stalled(this.#idle.length > 0))) return;
    this.#serve();
    this.#owner.teamHasChanged();
  }

  /** Takes back what threads have not begun. False where that is nothing. */
  #recall(threads: readonly PoolThread[]): boolean {
    if (threads.length === 0) return false;
    const jobs = threads.flatMap((thread) => thread.takeBack());
    if (jobs.length === 0) return false;
    this.#queue.putBack(jobs.sort((a, b) => a.turn - b.turn));
    for (const thread of threads) {
      this.#note(thread);
      // It had begun none of them.
      if (thread.load === 0) this.#rest(thread);
    }
    return true;
  }

  #rest(thread: PoolThread): void {
    // A job that cannot be sent leaves its thread while another's leave is dealt with.
    if (thread.isIdle) return;
    thread.isIdle = true;
    if (thread.started) this.#idle.push(thread);
    else this.#idle.unshift(thread);
  }
}
