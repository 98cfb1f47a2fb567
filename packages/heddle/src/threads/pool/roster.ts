import type { ScheduledCall } from '../../defer/clock.ts';
import type { Job } from '../job/job.ts';
import type { PoolThread } from '../pool-thread/pool-thread.ts';
import { RespawnDelay } from './respawn-delay.ts';
import type { ThreadStatistics } from '../observing/statistics.ts';
import type { StuckThread } from '../pool-thread/stuck-thread.ts';
import { notMadeError } from '../pool-thread/thread-exit.ts';

/**
 * So many threads that wait for the reactor may have others in their place: jobs that wait for calls which wait for
 * threads cannot lock a pool up, and a storm of them does not fill the memory with threads.
 */
const MOST_ABSENT = 64;

/** What a roster asks of its team. */
export interface RosterOwner {
  /** @throws whatever stands in the way of making a thread */
  makeThread(): PoolThread;
  /** Calls `f` when some time has gone by, as the pool counts it. */
  callLater(milliseconds: number, f: () => void): ScheduledCall;
  /** There may be another thread again, after a pause. */
  mayGrowAgain(): void;
}

/** Which threads a team has, who of them is idle, absent or about to end, and how many more there may be. */
export class Roster {
  readonly #owner: RosterOwner;
  readonly #threads = new Set<PoolThread>();
  /** Those of the threads that have been told to end and still take room. */
  readonly #ending = new Set<PoolThread>();
  /** Those that can do nothing: their job waits for the reactor, or for somebody who takes its items. */
  readonly #absent = new Set<PoolThread>();
  #mostAbsent = MOST_ABSENT;
  /** How many threads more than `max` there may be for them. */
  #extra = 0;
  /** Threads that have been given up: they should have ended, go on, and count no more. */
  readonly #stuck = new Set<PoolThread>();
  /** The thread that was idle last is used first, so that the others may end. */
  readonly #idle: PoolThread[] = [];
  readonly #respawn: RespawnDelay;
  #min: number;
  #max: number;
  readonly #keepsIdle: boolean;
  #isClosed = false;
  /** Where no thread can take the place of the first: what fails the calls that come when that has ended. */
  #lost: ((functionName: string) => unknown) | undefined;
  /** Whether the threads that there are, or were, have no successor. */
  #isLast = false;

  /** @param keepsIdle whether threads stay however idle they are, up to `max` */
  constructor(owner: RosterOwner, min: number, max: number, keepsIdle: boolean) {
    this.#owner = owner;
    this.#min = min;
    this.#max = max;
    this.#keepsIdle = keepsIdle;
    this.#respawn = new RespawnDelay(
      (milliseconds, f) => owner.callLater(milliseconds, f),
      () => owner.mayGrowAgain(),
    );
  }

  get min(): number {
    return this.#min;
  }

  get max(): number {
    return this.#max;
  }

  /** How many threads stay however idle they are. There may be more than `max`, which had taken the places of absent ones. */
  get mostIdle(): number {
    return this.#keepsIdle ? this.#max : this.#min;
  }

  /** Threads that exist, those that are about to end included. */
  get threads(): ReadonlySet<PoolThread> {
    return this.#threads;
  }

  /** How many threads stay. */
  get staying(): number {
    return this.#threads.size - this.#ending.size;
  }

  /** How many threads do nothing. */
  get idle(): number {
    return this.#idle.length;
  }

  /** How many jobs could begin at once: so many threads do not work, or do not exist yet. */
  get vacancies(): number {
    const vacancies = Math.max(0, this.#max + this.#replaceable() - (this.#threads.size - this.#idle.length));
    return this.#respawn.mayMakeThread && !this.#isLast ? vacancies : Math.min(vacancies, this.#idle.length);
  }

  /** The same, with the places of threads that had nothing to do and are about to have ended. */
  get vacanciesSoon(): number {
    if (!this.#respawn.mayMakeThread || this.#isLast) return this.vacancies;
    let leaving = 0;
    for (const { load } of this.#ending) if (load === 0) leaving++;
    return Math.max(0, this.#max + this.#replaceable() - (this.#threads.size - leaving - this.#idle.length));
  }

  /** How many absent threads may have others in their place. */
  #replaceable(): number {
    return Math.min(this.#absent.size, this.#mostAbsent);
  }

  /** Whether there is no thread, and at most the next try to make one, which may go no better. */
  get isPausing(): boolean {
    return (this.#respawn.isPausing || this.#isLast) && this.staying === 0;
  }

  /** What the last thread failed with, for a call that has none to wait for. */
  failure(functionName: string): unknown {
    // One that ended before it did anything has taken nothing with it.
    return this.#respawn.failure(functionName) ?? this.#lost?.(functionName);
  }

  /** Whether the only thread that there may be has ended, or is about to. */
  get isLost(): boolean {
    return this.#isLast && this.staying === 0;
  }

  /** Whether threads are to be made for `min`, as far as there may be more at this moment. */
  get needsThread(): boolean {
    return !this.#isClosed && this.staying < this.#min && this.vacancies > this.#idle.length;
  }

  /** Whether one of the threads has to end. */
  get hasTooMany(): boolean {
    return this.staying > this.#max + this.#extra;
  }

  /**
   * Makes a thread.
   *
   * @throws what stands in the way of it
   */
  add(): PoolThread {
    let thread: PoolThread;
    try {
      thread = this.#owner.makeThread();
    } catch (cause) {
      const error = notMadeError(cause);
      this.#respawn.threadCannotBeMade(error);
      throw error;
    }
    this.#threads.add(thread);
    this.#isLast = this.#lost !== undefined;
    this.#respawn.threadWasMade(thread);
    return thread;
  }

  /** Lets there be a thread more than there are, in the place of one that is absent. */
  allowOneMore(): void {
    this.#extra = Math.max(this.#extra, this.#threads.size + 1 - this.#max);
  }

  /**
   * No other thread can do the work of the first, neither while that is absent nor when it has ended.
   *
   * @param lost gives what a call then fails with
   */
  replaceNone(lost: (functionName: string) => unknown): void {
    this.#mostAbsent = 0;
    this.#lost = lost;
  }

  /** Changes the limits, and ends idle threads that are too many. */
  adjust(min: number, max: number): void {
    this.#min = min;
    this.#max = max;
    this.#extra = this.#replaceable();
    for (const thread of this.#idle.slice(0, Math.max(0, this.staying - max - this.#extra))) thread.end();
  }

  /** Replaces no more threads. True where stuck ones have left. */
  close(): boolean {
    this.#isClosed = true;
    return this.giveUpStuck();
  }

  threadIsReady(thread: PoolThread): void {
    this.#respawn.threadIsReady(thread);
  }

  threadHasAnswered(): void {
    this.#respawn.threadHasAnswered();
  }

  /** Puts a thread among the idle ones. */
  rest(thread: PoolThread): void {
    // A job that cannot be sent leaves its thread while another's leave is dealt with.
    if (thread.isIdle) return;
    thread.isIdle = true;
    if (thread.started) this.#idle.push(thread);
    else this.#idle.unshift(thread);
  }

  takeIdle(): PoolThread | undefined {
    const thread = this.#idle.pop();
    if (thread !== undefined) thread.isIdle = false;
    return thread;
  }

  #leaveIdle(thread: PoolThread): void {
    if (!thread.isIdle) return;
    thread.isIdle = false;
    this.#idle.splice(this.#idle.indexOf(thread), 1);
  }

  /** Has threads end that have been idle since before `before`, down to `mostIdle`, once nothing of their own keeps them. */
  endIdle(before: number): void {
    this.#extra = this.#replaceable();
    const unneeded = this.#idle.filter(({ lastProgress, isAsked }) => lastProgress <= before && !isAsked);
    for (const thread of unneeded) thread.askWhenFree();
  }

  /** Since when the thread has been idle that has been so longest, of those that have not been asked about it. */
  get idleSince(): number | undefined {
    return this.#idle.find(({ isAsked }) => !isAsked)?.lastProgress;
  }

  /** Whether as many threads as there may be are absent, and no other: what they wait for must need none of them. */
  get areAllAbsent(): boolean {
    const { size } = this.#absent;
    return this.#mostAbsent > 0 && size >= this.#max + this.#mostAbsent && size === this.staying;
  }

  isAbsent(thread: PoolThread): boolean {
    return this.#absent.has(thread);
  }

  threadIsAbsent(thread: PoolThread): void {
    this.#absent.add(thread);
    // What a job has left behind may ask as well, in a thread that has none.
    this.#leaveIdle(thread);
  }

  /** False where the thread was not absent. */
  threadIsBack(thread: PoolThread): boolean {
    return this.#absent.delete(thread);
  }

  isEnding(thread: PoolThread): boolean {
    return this.#ending.has(thread);
  }

  threadIsEnding(thread: PoolThread): void {
    this.#respawn.threadIsEnding(thread, thread.startFailure);
    this.#ending.add(thread);
    this.#absent.delete(thread);
    this.#leaveIdle(thread);
  }

  threadHasEnded(thread: PoolThread): void {
    if (this.#stuck.delete(thread)) this.giveUpStuck();
    else this.#leave(thread);
  }

  /**
   * Gives the places of stuck threads to others: at most `max` of them, because they take processors and memory. False
   * where there is none to give.
   */
  giveUpStuck(): boolean {
    const before = this.#stuck.size;
    for (const thread of this.#ending) {
      if (!this.#isClosed && this.#stuck.size >= this.#max) break;
      if (thread.stuck() === undefined) continue;
      this.#stuck.add(thread);
      this.#leave(thread);
    }
    return this.#stuck.size > before;
  }

  #leave(thread: PoolThread): void {
    this.#threads.delete(thread);
    this.#ending.delete(thread);
  }

  /** Ends all threads, whatever they are doing. */
  endAll(): void {
    for (const thread of this.#threads) thread.end();
  }

  /** How each thread is used. */
  usage(): ThreadStatistics[] {
    return [...this.#threads].map((thread) => thread.usage());
  }

  /** The jobs that threads have, but those that wait ahead there. */
  running(): Job[] {
    return [...this.#threads].flatMap((thread) => thread.jobs().slice(0, thread.load - thread.ahead));
  }

  /** The jobs that wait ahead at threads. */
  sentAhead(): Job[] {
    return [...this.#threads].flatMap((thread) => thread.jobs().slice(thread.load - thread.ahead));
  }

  /** The jobs that threads have, those included that were given up and go on, each with its thread. */
  taken(): { readonly job: Job; readonly thread: PoolThread }[] {
    return [...this.#threads, ...this.#stuck].flatMap((thread) => thread.jobs().map((job) => ({ job, thread })));
  }

  /** The threads that should have ended and go on. */
  stuck(): StuckThread[] {
    return [...this.#stuck, ...this.#ending].flatMap((thread) => thread.stuck() ?? []);
  }
}
