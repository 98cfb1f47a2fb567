import type { Deferred } from '../defer/deferred.ts';
import type { Failure } from '../defer/failure.ts';
import { outsideOfCalls } from '../defer/outside-of-calls.ts';
import { fail } from '../defer/succeed.ts';
import { CapturedCall } from './callable/capture/captured-call.ts';
import type { Callable } from './callable/resolve.ts';
import { functionName } from './wire/function-name.ts';
import { resolveBoundItems, resolveWrapped } from './callable/wrapped.ts';
import type { BoundCall, BoundIterateCall } from './deferrable.ts';
import { PoolFullError, PoolStoppedError, ThreadExitError } from './errors.ts';
import { type CallOptions, checkCallOptions, type StopOptions } from './options.ts';
import { refusedCall } from './pool/refused-call.ts';
import type { SubmitIteration } from './iteration-call.ts';
import type { Job } from './job/job.ts';
import type { ThreadIterator } from './thread-iterator.ts';
import { BoundObjectLostError } from './wire/errors/bound-object-lost-error.ts';
import { CodecError } from './wire/errors/codec-error.ts';
import { UnclonableError } from './wire/errors/unclonable-error.ts';

type Resolve = (f: Function) => Callable | Promise<Callable>;

/** A pool of one thread, as a bound object uses it. */
export interface OwnThread {
  submit(
    f: Function,
    args: readonly unknown[],
    options: CallOptions,
    resolve: Resolve,
    made?: (job: Job) => void,
  ): Deferred<never>;
  /** A pool that is stopped takes one more call here, and waits until this thread is stopped. */
  endsByItself(): void;
  /** Has `dispose` called where the pool is stopped first, and ends the thread itself where that returns false. */
  disposeWith(dispose: () => boolean): void;
  /** What a call fails with that is made after the pool has been stopped. */
  refusal(f: Function): PoolStoppedError;
  /** Whether the thread has ended. There is no other. */
  readonly isLost: boolean;
  stop(options?: StopOptions): Deferred<void>;
  /** Has it end when it has done what it runs, which keeps the process no longer. */
  drop(): void;
}

/** How the items are had that a call sends. */
export type MakeItems = (
  submit: SubmitIteration,
  args: readonly unknown[],
  options: CallOptions,
) => ThreadIterator<never>;

/** A bound object's calls under options of their own: what {@link BoundObject.with} gives. */
export type BoundCalls<T> = Pick<BoundObject<T>, 'defer' | 'iterate'>;

/** A job that is ended by force takes the object with it, so that this has to be asked for. */
const defaults: CallOptions = { onCancel: 'cooperate' };
const release = new CapturedCall({ kind: 'release' }, []);
const resolveBound: Resolve = (f) => resolveWrapped('bound', f);

let lastId = 0;

/** Ends the threads of objects that nobody has any more: nothing else would. */
const dropped = new FinalizationRegistry<OwnThread>((thread) => {
  thread.drop();
});

/**
 * An object that lives in a thread of its own: what `bindToThread` returns.
 * Functions that are called with it run there, one after the other.
 */
export class BoundObject<T> implements AsyncDisposable {
  readonly #id = ++lastId;
  readonly #thread: OwnThread;
  readonly #items: MakeItems;
  readonly #options: CallOptions;
  readonly #made: Deferred<unknown>;
  /** Whether somebody learns of it if the object cannot be made. */
  #isObserved = false;
  /** What the factory failed with. */
  #factoryFailure: Failure | undefined;
  /** Where there is no object any more, what a call fails with for that reason. */
  #failure: ((functionName: string) => unknown) | undefined;
  #disposed: Promise<void> | undefined;
  /** Whether that is because its pool is stopped. */
  #isStopped = false;
  /** How many calls have not ended, and how many of those have a key. */
  #pending = 0;
  #keyed = 0;
  #allHaveEnded: () => void = () => {};

  /**
   * Runs `f(object, ...args)` in the object's thread, after the calls before it.
   * The result is copied: what is to stay with the object, `f` must not return.
   *
   * Fails like any deferred call; with the factory's error where that failed;
   * with a {@link BoundObjectLostError} when the thread, and the object with it,
   * is gone.
   */
  readonly defer: BoundCall<T>;

  /**
   * The items that `f(object, ...args)` gives in the object's thread, for `for await`: the rows of a query, one by one.
   * `f` is a generator function, or one that gives an iterable or a promise for one.
   *
   * The call is made when the first item is wanted, and is the object's only one until its last item has been sent, or the
   * loop has been left.
   * Fails as {@link defer} does.
   *
   * @example
   * ```ts
   * import { bindToThread } from 'heddle/threads';
   *
   * await using stock = bindToThread(() => new Map([['warp', 3], ['weft', 4]]));
   * for await (const [name, count] of stock.iterate((map) => map.entries())) console.log(name, count);
   * // prints warp 3
   * // prints weft 4
   * ```
   */
  readonly iterate: BoundIterateCall<T>;

  /** @param options those of the calls, the one that makes the object included */
  constructor(thread: OwnThread, items: MakeItems, factory: Function, args: readonly unknown[], options: CallOptions) {
    this.#thread = thread;
    this.#items = items;
    this.#options = checkCallOptions({ ...defaults, ...options });
    ({ defer: this.defer, iterate: this.iterate } = this.with({}));
    const made: Deferred<unknown> = thread.submit(factory, [...args, this.#id], this.#options, (f) =>
      resolveWrapped('bind', f),
    );
    this.#made = made.addErrback((failure: Failure) => {
      this.#factoryFailure = failure;
      this.#lose(() => failure.value);
      return failure;
    });
    dropped.register(this, thread);
    thread.disposeWith(BoundObject.#disposing<T>(new WeakRef(this)));
  }

  /** The pool must not keep what nobody has any more: this is no closure of the constructor, which would have `this`. */
  static #disposing<T>(reference: WeakRef<BoundObject<T>>): () => boolean {
    return () => {
      const object = reference.deref();
      return object === undefined ? false : object.#disposeWithPool();
    };
  }

  /**
   * The same object, whose calls have options of their own.
   *
   * @throws InvalidArgumentError when an option cannot be what it is given as
   */
  with(options: CallOptions): BoundCalls<T> {
    const all = checkCallOptions({ ...this.#options, ...checkCallOptions(options) });
    return {
      defer: ((f: Function, ...args: unknown[]) => this.#call(f, args, all, resolveBound)) as BoundCall<T>,
      iterate: ((f: Function, ...args: unknown[]) => {
        const submit: SubmitIteration = (given, made) => this.#call(f, given, all, resolveBoundItems, made);
        return this.#items(submit, args, all);
      }) as BoundIterateCall<T>,
    };
  }

  /**
   * Disposes of the object when the calls before are done, by its own
   * `Symbol.asyncDispose` or `Symbol.dispose` where it has one, and ends its
   * thread. `await using` does the same, and so does the stop of its pool.
   *
   * Fails with what the object throws when it is disposed of; with the factory's error where that failed and no call has
   * told of it.
   */
  [Symbol.asyncDispose](): Promise<void> {
    this.#disposed ??= this.#dispose();
    return this.#disposed;
  }

  #call(
    f: Function,
    args: readonly unknown[],
    options: CallOptions,
    resolve: Resolve,
    made?: (job: Job) => void,
  ): Deferred<never> {
    this.#observe();
    if (this.#failure !== undefined) return refusedCall(this.#failure(functionName(f)));
    if (this.#isStopped) return refusedCall(this.#thread.refusal(f));
    if (this.#disposed !== undefined) return refusedCall(new BoundObjectLostError(functionName(f)));
    const call: Deferred<unknown> = this.#thread.submit(f, [...args, this.#id], options, resolve, made);
    const hasKey = options.key !== undefined ? 1 : 0;
    this.#pending++;
    this.#keyed += hasKey;
    call.addBoth((result: unknown) => {
      this.#keyed -= hasKey;
      if (--this.#pending === 0) this.#allHaveEnded();
      return result;
    });
    return call.addErrback((failure: Failure) => {
      const { value } = failure;
      const isStopped = value instanceof PoolStoppedError;
      // The error may be of another object, and have been passed on.
      if (this.#thread.isLost && !isStopped) this.#lose(lossBy(value));
      // Where it could not be made, the calls that wait for that learn why.
      const hasWaited = isStopped || value instanceof BoundObjectLostError;
      if (hasWaited && this.#failure !== undefined) throw this.#failure(functionName(f));
      return failure;
    }) as Deferred<never>;
  }

  #observe(): void {
    if (this.#isObserved) return;
    this.#isObserved = true;
    this.#made.addErrback(() => {});
  }

  #lose(failure: (functionName: string) => unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = failure;
    // A factory that has been given up may go on, and nothing else is of use there.
    this.#thread.stop({ deadline: 0 });
  }

  #disposeWithPool(): boolean {
    if (this.#failure !== undefined) return false;
    this.#isStopped = true;
    this[Symbol.asyncDispose]().catch((error: unknown) => {
      // A stop with a deadline gives up what is not done by then.
      if (!(error instanceof PoolStoppedError)) fail(error);
    });
    return true;
  }

  async #dispose(): Promise<void> {
    const isFirstToHear = !this.#isObserved;
    this.#observe();
    this.#thread.endsByItself();
    try {
      if (this.#failure === undefined) await this.#release();
    } catch (error) {
      const isLost = error instanceof BoundObjectLostError && this.#thread.isLost;
      if (this.#failure === undefined && !isLost) throw error;
    } finally {
      await this.#thread.stop();
    }
    if (!isFirstToHear || this.#factoryFailure === undefined) return;
    // Whoever has stopped the pool knows that the object was not made.
    if (!(this.#factoryFailure.value instanceof PoolStoppedError)) throw this.#factoryFailure.value;
  }

  async #release(): Promise<void> {
    // A call that waits for another of its key is in no queue, and would come after.
    if (this.#keyed > 0) await this.#callsHaveEnded();
    try {
      await this.#submitRelease();
    } catch (error) {
      if (!(error instanceof PoolFullError)) throw error;
      if (this.#pending > 0) await this.#callsHaveEnded();
      await this.#submitRelease();
    }
  }

  /** Within the stores of whoever disposes of the object. It is no reason to keep it that these cannot be sent. */
  async #submitRelease(): Promise<void> {
    let isTaken = false;
    const submit = (): Deferred<never> =>
      this.#thread.submit(
        DISPOSE,
        [this.#id],
        LAST,
        () => release,
        () => {
          isTaken = true;
        },
      );
    try {
      await submit();
    } catch (error) {
      if (isTaken || !(error instanceof UnclonableError || error instanceof CodecError)) throw error;
      await outsideOfCalls(submit);
    }
  }

  #callsHaveEnded(): Promise<void> {
    return new Promise((resolve) => {
      this.#allHaveEnded = resolve;
    });
  }
}

/** What calls fail with from the one on that failed with `value` while its thread has ended. */
function lossBy(value: unknown): (functionName: string) => BoundObjectLostError {
  const options = value instanceof ThreadExitError ? { cause: value } : {};
  return (functionName) => new BoundObjectLostError(functionName, options);
}

/** After all calls that were made before, whatever their priority. */
const LAST: CallOptions = checkCallOptions({ priority: -100 });

/** Only its name is used: what a thread does then, it knows by itself. */
function DISPOSE(): void {}
