import { AsyncResource } from 'node:async_hooks';
import { rejectionWithAwaiters } from '../defer/awaiting-stack.ts';
import { CancelledError, TimeoutError } from '../defer/errors.ts';
import type { ScheduledCall, TimeSource } from '../defer/clock.ts';
import type { Deferred } from '../defer/deferred.ts';
import { outsideOfCalls } from '../defer/outside-of-calls.ts';
import { fail } from '../defer/succeed.ts';
import { type Place, WaitingLine } from '../defer/waiting-line.ts';
import type { Job } from './job/job.ts';

/** What the call that sends the items gives them to. */
export interface ItemSink {
  /** @param isEnd whether it is no item: the generator is being ended */
  push(this: void, item: never, isEnd?: true): void;
  /** An item has come that cannot be read here. */
  unreadable(this: void, error: unknown): void;
  /** The call has become a job. */
  made(this: void, job: Job): void;
}

/** Makes the call that sends the items; its result is what the iterator returns. */
export type StartIteration<R> = (iteration: number, sink: ItemSink) => Deferred<R>;

interface Waiting<T, R> {
  resolve(step: IteratorResult<T, R> | Promise<never>): void;
  reject(error: unknown): void;
}

/** For how long a thread waits until an item is taken before it lets others work meanwhile. */
export interface Patience {
  /** 0 is at once. */
  readonly milliseconds: number;
  /** What counts them. */
  readonly time: TimeSource;
}

let lastIteration = 0;

/**
 * Ends the generators whose items nobody can ask for any more: each would keep its thread. Only those under way are
 * registered, since what a call was made of (arguments, a signal and its reason) may lead to its iterator, and would
 * keep it.
 */
const dropped = new FinalizationRegistry<{ drop(): void }>((items) => items.drop());

/** The items of one iteration, on their way from its thread to whoever takes them. */
export class ThreadItems<T, R> {
  readonly #iteration = ++lastIteration;
  /** Makes the call, once. */
  #start: StartIteration<R> | undefined;
  readonly #buffer: number;
  /** So many items are taken before the thread is told. */
  readonly #batch: number;
  readonly #patience: Patience;
  #items: WaitingLine<T> = new WaitingLine();
  readonly #waiting: WaitingLine<Waiting<T, R | undefined>> = new WaitingLine();
  #taken = 0;
  /** How many items have come of which the thread does not know that they were taken. */
  #ahead = 0;
  #holdUp: ScheduledCall | undefined;
  #call: Deferred<R> | undefined;
  #job: Job | undefined;
  #isLeft = false;
  #end: { readonly result: R } | { readonly error: unknown } | undefined;
  #hasEnded = false;
  #isDropped = false;
  /** Whether the generator is being ended, and goes on with no item. */
  #isEnding = false;

  /**
   * @param buffer how many items the thread may be ahead
   * @param patience for how long it waits with its place kept
   */
  constructor(start: StartIteration<R>, buffer: number, patience: Patience) {
    // The call is made when the first item is wanted, which may be long after the request has been left that asked for them.
    this.#start = AsyncResource.bind(start, 'HeddleIteration');
    this.#buffer = buffer;
    this.#patience = patience;
    this.#batch = Math.ceil(buffer / 2);
  }

  /** @param iterator whoever has it can ask for more */
  next(iterator: object): Promise<IteratorResult<T, R | undefined>> {
    if (!this.#isLeft && this.#start !== undefined) {
      dropped.register(iterator, this, this);
      this.#call = this.#begin(this.#start);
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#serve();
    });
  }

  /** Nobody can ask for more than what has been asked for. */
  drop(): void {
    this.#isDropped = true;
    this.#serve();
  }

  #begin(start: StartIteration<R>): Deferred<R> {
    this.#start = undefined;
    const push = (item: never, isEnd?: true): void => {
      if (isEnd) this.#isEnding = true;
      if (isEnd || this.#isLeft || this.#end !== undefined) return;
      this.#items.push(item);
      this.#ahead++;
      this.#serve();
      if (this.#ahead >= this.#buffer) this.#waits();
    };
    const call = start(this.#iteration, {
      push,
      unreadable: (error) => this.#fail(error),
      made: (job) => {
        job.sendsItems = true;
        this.#job = job;
      },
    });
    // The async context of the caller may lead to the iterator: with a request that an AsyncLocalStorage has there.
    outsideOfCalls(() => {
      call.addBoth((outcome) => {
        dropped.unregister(this);
        return outcome;
      });
      call.addCallbacks(
        (result) => {
          this.#end ??= { result };
          this.#goesOn();
          this.#serve();
        },
        (failure) => {
          this.#goesOn();
          this.#end ??= { error: failure.value };
          if (this.#isGivenUp(failure.value)) this.#items = new WaitingLine();
          this.#serve();
        },
      );
    });
    return call;
  }

  /** The items before one that cannot be read are given still, and none that comes later. */
  #fail(error: unknown): void {
    if (this.#isLeft || this.#end !== undefined) return;
    this.#end = { error };
    this.#goesOn();
    this.#tell('none');
    this.#serve();
  }

  /** Whether it was the call's own limits, and nothing in the thread: then nobody wants what has arrived. */
  #isGivenUp(error: unknown): boolean {
    const isLimit = error instanceof CancelledError || error instanceof TimeoutError;
    return isLimit && this.#job !== undefined && this.#job.runTime < 0;
  }

  /** Gives those that wait what there is for them, in their order. */
  #serve(): void {
    while (this.#waiting.length > 0 && (this.#items.length > 0 || this.#end !== undefined)) {
      const { resolve, reject } = (this.#waiting.shift() as Place<Waiting<T, R | undefined>>).item;
      if (this.#items.length > 0) {
        resolve({ done: false, value: this.#take() });
      } else {
        const end = this.#hasEnded || this.#isLeft ? undefined : this.#end;
        this.#hasEnded = true;
        if (end !== undefined && 'error' in end) {
          const rejection = rejectionWithAwaiters(end.error);
          if (rejection === undefined) reject(end.error);
          else resolve(rejection);
        } else {
          resolve({ done: true, value: end?.result });
        }
      }
    }
    if (this.#isDropped && !this.#isLeft && this.#waiting.length === 0) this.leave().catch((error) => void fail(error));
  }

  #take(): T {
    this.#taken++;
    if (this.#taken >= this.#batch && this.#end === undefined) {
      this.#goesOn();
      this.#ahead -= this.#taken;
      this.#tell({ iteration: this.#iteration, count: this.#taken });
      this.#taken = 0;
    }
    return (this.#items.shift() as Place<T>).item;
  }

  /** The thread does nothing until items are taken; where that takes long, others may work in its place. */
  #waits(): void {
    const { milliseconds, time } = this.#patience;
    const letOthersWork = (): void => {
      if (!this.#isLeft) this.#job?.waitsForTaker();
    };
    if (milliseconds === 0) letOthersWork();
    else this.#holdUp ??= time.callLater(milliseconds, letOthersWork);
  }

  #goesOn(): void {
    if (this.#holdUp?.active()) this.#holdUp.cancel();
    this.#holdUp = undefined;
    this.#job?.goesOn();
  }

  #tell(items: Parameters<NonNullable<NonNullable<Job['holder']>['tellOfItems']>>[1]): void {
    const job = this.#job;
    if (job !== undefined) job.holder?.tellOfItems?.(job, items);
  }

  /** @throws what the generator throws while it ends */
  async leave(): Promise<void> {
    const isFirst = !this.#isLeft;
    this.#isLeft = true;
    this.#goesOn();
    this.#items = new WaitingLine();
    // A getter among the arguments may leave while the call is being made.
    if (this.#start === undefined && this.#call === undefined) await Promise.resolve();
    const job = this.#job;
    const hadEnded = this.#end !== undefined || this.#call === undefined;
    if (isFirst && !hadEnded && job !== undefined) {
      if (job.holder?.hasBegun(job)) this.#tell('none');
      else job.deferred.cancel();
    }
    await this.#call;
    this.#end ??= { error: undefined };
    this.#serve();
    if (hadEnded || !('error' in this.#end)) return;
    // Taken back before it had begun, or given up by a signal meanwhile, it is left as was asked.
    const { error } = this.#end;
    if (error instanceof CancelledError) return;
    // Nobody has waited for the item that failed: only what ends the generator matters.
    const isAhead = !this.#isEnding && job !== undefined && job.runTime >= 0;
    if (!isAhead) throw error;
  }
}
