import { inspect } from 'node:util';
import { checkOptions } from '../defer/check-options.ts';
import type { Deferred, Settled } from '../defer/deferred.ts';
import { InvalidArgumentError } from '../defer/errors.ts';
import { clearImmediate, now, setImmediate } from '../defer/node-timers.ts';
import { fail } from '../defer/succeed.ts';
import { CooperativeTask } from './cooperative-task.ts';
import {
  type CooperatorOptions,
  cooperatorChecks,
  type ScheduledTurn,
  type TaskOptions,
  taskChecks,
} from './cooperator-options.ts';
import type { Pieces } from './pieces.ts';
import { ReadyLine } from './ready-line.ts';
import { TimeSlice } from './time-slice.ts';
import { Work, type WorkOwner } from './work.ts';

/** Says whether a turn is over; asked after each step. */
type IsOver = () => boolean;

const setImmediateTurn = (turn: () => void): ScheduledTurn => {
  const immediate = setImmediate(turn);
  return { cancel: () => clearImmediate(immediate) };
};

/**
 * Runs long computations beside everything else, in the thread of the event
 * loop: each is a generator that yields at the end of every small piece, and
 * in each turn of the loop they go on for a time slice, one step each in turn.
 *
 * {@link cooperate} is the one that a program shares. Make one of your own for
 * another time slice, or to stop all of its tasks together.
 *
 * A piece is never interrupted: one that takes long holds up the loop as any
 * other code. Where the work cannot be cut into pieces, `deferToThread`.
 *
 * A task that can go on keeps the process.
 *
 * After Twisted's `twisted.internet.task.Cooperator`.
 *
 * @example
 * ```ts
 * import { Cooperator } from 'heddle/task';
 *
 * const background = new Cooperator({ timeSlice: 2 });
 * function* letters() {
 *   for (const letter of 'warp') yield letter;
 * }
 * let last = '';
 * await background.coiterate(letters(), { onProgress: (letter) => (last = letter) });
 * console.log(last); // prints p
 * ```
 */
export class Cooperator {
  readonly #now: () => number;
  readonly #scheduler: (turn: () => void) => ScheduledTurn;
  readonly #beginTurn: () => IsOver;
  readonly #ready = new ReadyLine<Work>();
  readonly #unfinished = new Set<Work>();
  /** Works with a time slice of their own that have taken some of it in this turn. */
  readonly #limited = new Set<Work>();
  /** Those of them that have none left. */
  readonly #resting = new Set<Work>();
  readonly #news: Work[] = [];
  readonly #owner: WorkOwner;
  readonly #goesOn: (work: Work) => boolean;
  #isOver: IsOver = () => true;
  #turnIsOver = false;
  #started: boolean;
  #stopped = false;
  #scheduled: ScheduledTurn | undefined;
  #inTurn = false;

  /** @throws InvalidArgumentError for an option that cannot be what it is given as */
  constructor(options: CooperatorOptions = {}) {
    const given = checkOptions(options, cooperatorChecks, 'Cooperator');
    const { timeSlice = 10, clock, scheduler = setImmediateTurn, started = true } = given;
    this.#now = clock === undefined ? now : () => clock.now();
    this.#scheduler = scheduler;
    this.#beginTurn = given.terminationPredicateFactory ?? slices(timeSlice, this.#now);
    this.#started = started;
    this.#owner = {
      ready: (work) => this.#addReady(work),
      held: (work) => this.#hold(work),
      ended: (work) => this.#forget(work),
      progressed: (work) => this.#news.push(work),
    };
    this.#goesOn = (work) => {
      // The turn asks after the last step itself.
      if (work.ring === undefined || this.#ready.size > 1) return false;
      this.#turnIsOver = this.#isOver();
      return !this.#turnIsOver;
    };
  }

  /** Whether its tasks get turns: from the start until it is stopped. */
  get running(): boolean {
    return this.#started && !this.#stopped;
  }

  /**
   * Adds a task. Its first piece runs in a later turn of the loop.
   *
   * A Deferred or a promise that it yields holds the task until that has a
   * result, with which the generator goes on; a failure ends the task.
   *
   * @param pieces a generator, or another iterator; also asynchronous, where each step waits for the one before
   * @throws InvalidArgumentError when there is nothing to iterate over, or for an option
   */
  cooperate<R, P>(pieces: Pieces<R, P>, options: TaskOptions<P> = {}): CooperativeTask<R> {
    return new CooperativeTask<R>(this.#begin(pieces, options));
  }

  /**
   * Adds a task of which nothing but the end is of interest.
   *
   * @returns as {@link CooperativeTask.whenDone}; cancelling it stops the task
   * @throws as {@link cooperate}
   */
  coiterate<R, P>(pieces: Pieces<R, P>, options: TaskOptions<P> = {}): Deferred<Settled<R>> {
    return this.#begin(pieces, options).whenDone(true) as Deferred<Settled<R>>;
  }

  /** Lets the tasks have their turns, after `started: false` or a {@link stop}. */
  start(): void {
    this.#started = true;
    this.#stopped = false;
    this.#schedule();
  }

  /** Ends all tasks that are not done, paused ones as well: they fail with SchedulerStopped, and so do those added from now on. */
  stop(): void {
    this.#stopped = true;
    this.#cancelTurn();
    // Whoever hears of an end may start the cooperator again, and add tasks.
    const unfinished = [...this.#unfinished];
    for (const work of unfinished) work.stopWithScheduler();
  }

  #begin(pieces: Pieces<unknown>, options: TaskOptions<never>): Work {
    const {
      priority = 0,
      timeSlice = Number.POSITIVE_INFINITY,
      signal,
      onProgress,
    } = checkOptions(options as TaskOptions, taskChecks, 'task');
    const work = new Work(this.#owner, pieces, { priority, timeSlice, signal, onProgress });
    if (this.#stopped) work.stopWithScheduler();
    if (!work.isEnded) this.#unfinished.add(work);
    if (work.isReady) this.#addReady(work);
    return work;
  }

  #addReady(work: Work): void {
    if (work.ring !== undefined) return;
    this.#ready.add(work);
    this.#schedule();
  }

  #hold(work: Work): void {
    this.#ready.remove(work);
    this.#resting.delete(work);
    if (!this.#hasReady) this.#cancelTurn();
  }

  #forget(work: Work): void {
    this.#unfinished.delete(work);
    this.#limited.delete(work);
  }

  get #hasReady(): boolean {
    return this.#ready.size > 0 || this.#resting.size > 0;
  }

  #schedule(): void {
    if (this.#inTurn || this.#willTurn || !this.running || !this.#hasReady) return;
    try {
      this.#scheduled = requireTurn(this.#scheduler(() => this.#turn()));
    } catch (error) {
      this.#failTasks(error);
    }
  }

  /** Whoever was to call may have taken that back: a reactor that has stopped makes no delayed calls. */
  get #willTurn(): boolean {
    return this.#scheduled !== undefined && this.#scheduled.active?.() !== false;
  }

  #cancelTurn(): void {
    const scheduled = this.#scheduled;
    this.#scheduled = undefined;
    try {
      if (scheduled?.active?.() !== false) scheduled?.cancel();
    } catch (error) {
      // Those whose tasks end must not miss that, and nobody else would hear of it.
      fail(error);
    }
  }

  #turn(): void {
    this.#scheduled = undefined;
    this.#inTurn = true;
    try {
      this.#endRest();
      this.#isOver = requirePredicate(this.#beginTurn());
      this.#turnIsOver = false;
      for (let work = this.#ready.next(); work !== undefined; work = this.#ready.next()) {
        if (work.timeSlice !== Number.POSITIVE_INFINITY) this.#runLimited(work);
        else if (this.#ready.size > 1) work.runOnce();
        else work.run(this.#goesOn);
        this.#ready.served(work);
        if (this.#turnIsOver || this.#isOver()) break;
      }
      for (const work of this.#news.splice(0)) work.report();
    } catch (error) {
      this.#failTasks(error);
    } finally {
      this.#inTurn = false;
      this.#schedule();
    }
  }

  /**
   * There are no turns to be had, for what the scheduler, the clock or the end of a turn is asked from threw: the next one
   * would go the same way, and nobody waits for what a turn throws.
   */
  #failTasks(error: unknown): void {
    // Whoever hears of an end may add tasks.
    const unfinished = [...this.#unfinished];
    for (const work of unfinished) work.failWithScheduler(error);
  }

  /** One step of a task that may take only so much of a turn. */
  #runLimited(work: Work): void {
    const began = this.#now();
    work.runOnce();
    if (work.isEnded) return;
    work.taken += this.#now() - began;
    this.#limited.add(work);
    if (work.taken < work.timeSlice || work.ring === undefined) return;
    this.#ready.remove(work);
    this.#resting.add(work);
  }

  #endRest(): void {
    for (const work of this.#limited) work.taken = 0;
    this.#limited.clear();
    const rested = [...this.#resting];
    this.#resting.clear();
    for (const work of rested) this.#ready.add(work);
  }
}

function requireTurn(scheduled: unknown): ScheduledTurn {
  if (typeof (scheduled as Partial<ScheduledTurn> | null | undefined)?.cancel === 'function') {
    return scheduled as ScheduledTurn;
  }
  throw new InvalidArgumentError(
    "A Cooperator's scheduler must return an object with a method cancel(), as reactor.callLater does, " +
      `not ${inspect(scheduled, { depth: 0 })}.`,
  );
}

function requirePredicate(isOver: unknown): IsOver {
  if (typeof isOver === 'function') return isOver as IsOver;
  throw new InvalidArgumentError(
    "A Cooperator's terminationPredicateFactory must return a function that says whether the turn is over, " +
      `not ${inspect(isOver, { depth: 0 })}.`,
  );
}

function slices(length: number, now: () => number): () => IsOver {
  const slice = new TimeSlice(length, now);
  const isOver = (): boolean => slice.isOver();
  return () => {
    slice.begin();
    return isOver;
  };
}
