import type { Deferred } from '../defer/deferred.ts';
import type { Failure } from '../defer/failure.ts';
import type {
  AnyArguments,
  AnyFunction,
  OutOfReach,
  OverloadArguments,
  OverloadResult,
  SignatureIndex,
} from './overloads.ts';
import type { BoundObject } from './bound-object.ts';
import type { ThreadArguments } from './thread-arguments.ts';
import type { ThreadIterator } from './thread-iterator.ts';

/**
 * How a function and its arguments are handed to a thread: the arguments and the result are typed by the function.
 *
 * The compiler takes the first signature that fits. An overloaded function is tried signature by signature, in the
 * order of its declaration; then comes the plain one, which alone understands a generic function and which words the
 * mistakes of all functions that have a single signature.
 *
 * Two kinds of function lose something on the way. One whose overloads are generic needs its type arguments named,
 * as in `deferToThread(sortBy<User>, users, 'name')`; it is the same function to the thread. Of more than
 * eight overloads only the last eight are seen.
 */
export interface DeferCall {
  <F extends AnyFunction>(f: F, ...args: OverloadArguments<F, 0>): Deferred<Awaited<OverloadResult<F, 0>>>;
  <F extends AnyFunction>(f: F, ...args: OverloadArguments<F, 1>): Deferred<Awaited<OverloadResult<F, 1>>>;
  <F extends AnyFunction>(f: F, ...args: OverloadArguments<F, 2>): Deferred<Awaited<OverloadResult<F, 2>>>;
  <F extends AnyFunction>(f: F, ...args: OverloadArguments<F, 3>): Deferred<Awaited<OverloadResult<F, 3>>>;
  <F extends AnyFunction>(f: F, ...args: OverloadArguments<F, 4>): Deferred<Awaited<OverloadResult<F, 4>>>;
  <F extends AnyFunction>(f: F, ...args: OverloadArguments<F, 5>): Deferred<Awaited<OverloadResult<F, 5>>>;
  <F extends AnyFunction>(f: F, ...args: OverloadArguments<F, 6>): Deferred<Awaited<OverloadResult<F, 6>>>;
  <F extends AnyFunction>(f: F, ...args: OverloadArguments<F, 7>): Deferred<Awaited<OverloadResult<F, 7>>>;
  <A extends unknown[], R>(f: (...args: A) => R, ...args: ThreadArguments<A>): Deferred<Awaited<R>>;
}

/** `deferToThread` itself: a {@link DeferCall}, and `with(options)`, the same call under options. */
export interface DeferToThread<Options> extends DeferCall {
  /** The same call under `options`, which never mix with the arguments. */
  with(options: Options): DeferCall;
}

/** How a function is handed to a thread for its effect: its arguments are typed as by {@link DeferCall}. */
export interface CallInThread {
  <F extends AnyFunction>(f: F, ...args: OverloadArguments<F, 0>): void;
  <F extends AnyFunction>(f: F, ...args: OverloadArguments<F, 1>): void;
  <F extends AnyFunction>(f: F, ...args: OverloadArguments<F, 2>): void;
  <F extends AnyFunction>(f: F, ...args: OverloadArguments<F, 3>): void;
  <F extends AnyFunction>(f: F, ...args: OverloadArguments<F, 4>): void;
  <F extends AnyFunction>(f: F, ...args: OverloadArguments<F, 5>): void;
  <F extends AnyFunction>(f: F, ...args: OverloadArguments<F, 6>): void;
  <F extends AnyFunction>(f: F, ...args: OverloadArguments<F, 7>): void;
  <A extends unknown[]>(f: (...args: A) => unknown, ...args: ThreadArguments<A>): void;
}

/** Functions that run one after the other in one thread, each with its arguments, which are typed by it. */
export type CallSequence<F extends readonly AnyFunction[]> = readonly [...{ [I in keyof F]: Call<F[I]> }];

type Call<F> = readonly [f: F, ...args: AnyArguments<F>];

/** What is told of a call's end: `true` and its value, or `false` and the Failure. */
export type OnResult<R> = (...outcome: [success: true, result: Awaited<R>] | [success: false, result: Failure]) => void;

/** {@link CallInThread} with what is told of its end named first. */
export interface CallInThreadWithCallback {
  <F extends AnyFunction>(onResult: OnResult<OverloadResult<F, 0>>, f: F, ...args: OverloadArguments<F, 0>): void;
  <F extends AnyFunction>(onResult: OnResult<OverloadResult<F, 1>>, f: F, ...args: OverloadArguments<F, 1>): void;
  <F extends AnyFunction>(onResult: OnResult<OverloadResult<F, 2>>, f: F, ...args: OverloadArguments<F, 2>): void;
  <F extends AnyFunction>(onResult: OnResult<OverloadResult<F, 3>>, f: F, ...args: OverloadArguments<F, 3>): void;
  <F extends AnyFunction>(onResult: OnResult<OverloadResult<F, 4>>, f: F, ...args: OverloadArguments<F, 4>): void;
  <F extends AnyFunction>(onResult: OnResult<OverloadResult<F, 5>>, f: F, ...args: OverloadArguments<F, 5>): void;
  <F extends AnyFunction>(onResult: OnResult<OverloadResult<F, 6>>, f: F, ...args: OverloadArguments<F, 6>): void;
  <F extends AnyFunction>(onResult: OnResult<OverloadResult<F, 7>>, f: F, ...args: OverloadArguments<F, 7>): void;
  <A extends unknown[], R>(onResult: OnResult<R>, f: (...args: A) => R, ...args: ThreadArguments<A>): void;
}

/** {@link DeferCall} with the pool named first, as in `deferToThreadPool(pool, f, ...args)`. */
export interface DeferToThreadPool<Pool> {
  <F extends AnyFunction>(pool: Pool, f: F, ...args: OverloadArguments<F, 0>): Deferred<Awaited<OverloadResult<F, 0>>>;
  <F extends AnyFunction>(pool: Pool, f: F, ...args: OverloadArguments<F, 1>): Deferred<Awaited<OverloadResult<F, 1>>>;
  <F extends AnyFunction>(pool: Pool, f: F, ...args: OverloadArguments<F, 2>): Deferred<Awaited<OverloadResult<F, 2>>>;
  <F extends AnyFunction>(pool: Pool, f: F, ...args: OverloadArguments<F, 3>): Deferred<Awaited<OverloadResult<F, 3>>>;
  <F extends AnyFunction>(pool: Pool, f: F, ...args: OverloadArguments<F, 4>): Deferred<Awaited<OverloadResult<F, 4>>>;
  <F extends AnyFunction>(pool: Pool, f: F, ...args: OverloadArguments<F, 5>): Deferred<Awaited<OverloadResult<F, 5>>>;
  <F extends AnyFunction>(pool: Pool, f: F, ...args: OverloadArguments<F, 6>): Deferred<Awaited<OverloadResult<F, 6>>>;
  <F extends AnyFunction>(pool: Pool, f: F, ...args: OverloadArguments<F, 7>): Deferred<Awaited<OverloadResult<F, 7>>>;
  <A extends unknown[], R>(pool: Pool, f: (...args: A) => R, ...args: ThreadArguments<A>): Deferred<Awaited<R>>;
}

/**
 * How a function is called that gets a bound object before its arguments. Overloaded functions are tried as by
 * {@link DeferCall}.
 */
export interface BoundCall<T> {
  <F extends BoundFunction<T>>(
    f: F,
    ...args: BoundArguments<T, OverloadArguments<F, 0>>
  ): Deferred<Awaited<OverloadResult<F, 0>>>;
  <F extends BoundFunction<T>>(
    f: F,
    ...args: BoundArguments<T, OverloadArguments<F, 1>>
  ): Deferred<Awaited<OverloadResult<F, 1>>>;
  <F extends BoundFunction<T>>(
    f: F,
    ...args: BoundArguments<T, OverloadArguments<F, 2>>
  ): Deferred<Awaited<OverloadResult<F, 2>>>;
  <F extends BoundFunction<T>>(
    f: F,
    ...args: BoundArguments<T, OverloadArguments<F, 3>>
  ): Deferred<Awaited<OverloadResult<F, 3>>>;
  <F extends BoundFunction<T>>(
    f: F,
    ...args: BoundArguments<T, OverloadArguments<F, 4>>
  ): Deferred<Awaited<OverloadResult<F, 4>>>;
  <F extends BoundFunction<T>>(
    f: F,
    ...args: BoundArguments<T, OverloadArguments<F, 5>>
  ): Deferred<Awaited<OverloadResult<F, 5>>>;
  <F extends BoundFunction<T>>(
    f: F,
    ...args: BoundArguments<T, OverloadArguments<F, 6>>
  ): Deferred<Awaited<OverloadResult<F, 6>>>;
  <F extends BoundFunction<T>>(
    f: F,
    ...args: BoundArguments<T, OverloadArguments<F, 7>>
  ): Deferred<Awaited<OverloadResult<F, 7>>>;
  <A extends unknown[], R>(f: (object: T, ...args: A) => R, ...args: ThreadArguments<A>): Deferred<Awaited<R>>;
}

type BoundFunction<T> = (object: T, ...args: never) => unknown;

/** What follows the object, in a signature that takes this one. */
type BoundArguments<T, A extends readonly unknown[]> = A extends readonly [infer O, ...infer Rest]
  ? [T] extends [O]
    ? Rest
    : OutOfReach<never[]>
  : [];

/** What can be gone through: what a function gives whose items are wanted one by one. */
type Items<T, R> = Iterable<T, R> | AsyncIterable<T, R>;

/** How the items are had of what a signature gives. */
type ItemsOf<G> = Awaited<G> extends Items<infer T, infer R> ? ThreadIterator<Awaited<T>, R> : ThreadIterator<never>;

/** {@link OverloadArguments} where the signature gives items; else they are out of reach. */
type ItemArguments<F, I extends SignatureIndex> =
  Awaited<OverloadResult<F, I>> extends Items<unknown, unknown>
    ? OverloadArguments<F, I>
    : OutOfReach<OverloadArguments<F, I>>;

/** How a function is handed to a thread whose items are wanted one by one. Overloaded ones are tried as by {@link DeferCall}. */
export interface IterateCall {
  <F extends AnyFunction>(f: F, ...args: ItemArguments<F, 0>): ItemsOf<OverloadResult<F, 0>>;
  <F extends AnyFunction>(f: F, ...args: ItemArguments<F, 1>): ItemsOf<OverloadResult<F, 1>>;
  <F extends AnyFunction>(f: F, ...args: ItemArguments<F, 2>): ItemsOf<OverloadResult<F, 2>>;
  <F extends AnyFunction>(f: F, ...args: ItemArguments<F, 3>): ItemsOf<OverloadResult<F, 3>>;
  <F extends AnyFunction>(f: F, ...args: ItemArguments<F, 4>): ItemsOf<OverloadResult<F, 4>>;
  <F extends AnyFunction>(f: F, ...args: ItemArguments<F, 5>): ItemsOf<OverloadResult<F, 5>>;
  <F extends AnyFunction>(f: F, ...args: ItemArguments<F, 6>): ItemsOf<OverloadResult<F, 6>>;
  <F extends AnyFunction>(f: F, ...args: ItemArguments<F, 7>): ItemsOf<OverloadResult<F, 7>>;
  <A extends unknown[], T, R>(
    f: (...args: A) => Items<T, R> | PromiseLike<Items<T, R>>,
    ...args: ThreadArguments<A>
  ): ThreadIterator<Awaited<T>, R>;
}

/** {@link ItemArguments} behind a bound object. */
type BoundItemArguments<T, F, I extends SignatureIndex> = BoundArguments<T, ItemArguments<F, I>>;

/** {@link IterateCall} of a function that gets a bound object before its arguments. */
export interface BoundIterateCall<T> {
  <F extends BoundFunction<T>>(f: F, ...args: BoundItemArguments<T, F, 0>): ItemsOf<OverloadResult<F, 0>>;
  <F extends BoundFunction<T>>(f: F, ...args: BoundItemArguments<T, F, 1>): ItemsOf<OverloadResult<F, 1>>;
  <F extends BoundFunction<T>>(f: F, ...args: BoundItemArguments<T, F, 2>): ItemsOf<OverloadResult<F, 2>>;
  <F extends BoundFunction<T>>(f: F, ...args: BoundItemArguments<T, F, 3>): ItemsOf<OverloadResult<F, 3>>;
  <F extends BoundFunction<T>>(f: F, ...args: BoundItemArguments<T, F, 4>): ItemsOf<OverloadResult<F, 4>>;
  <F extends BoundFunction<T>>(f: F, ...args: BoundItemArguments<T, F, 5>): ItemsOf<OverloadResult<F, 5>>;
  <F extends BoundFunction<T>>(f: F, ...args: BoundItemArguments<T, F, 6>): ItemsOf<OverloadResult<F, 6>>;
  <F extends BoundFunction<T>>(f: F, ...args: BoundItemArguments<T, F, 7>): ItemsOf<OverloadResult<F, 7>>;
  <A extends unknown[], I, R>(
    f: (object: T, ...args: A) => Items<I, R> | PromiseLike<Items<I, R>>,
    ...args: ThreadArguments<A>
  ): ThreadIterator<Awaited<I>, R>;
}

/** {@link IterateCall}, and `with(options)`, the same under options. */
export interface IterateInThread<Options> extends IterateCall {
  /** The same under `options`, which never mix with the arguments. */
  with(options: Options): IterateCall;
}

/**
 * How the function is handed to a thread that makes an object which stays there. Overloaded ones are tried as by
 * {@link DeferCall}.
 */
export interface BindCall {
  <F extends AnyFunction>(factory: F, ...args: OverloadArguments<F, 0>): BoundObject<Awaited<OverloadResult<F, 0>>>;
  <F extends AnyFunction>(factory: F, ...args: OverloadArguments<F, 1>): BoundObject<Awaited<OverloadResult<F, 1>>>;
  <F extends AnyFunction>(factory: F, ...args: OverloadArguments<F, 2>): BoundObject<Awaited<OverloadResult<F, 2>>>;
  <F extends AnyFunction>(factory: F, ...args: OverloadArguments<F, 3>): BoundObject<Awaited<OverloadResult<F, 3>>>;
  <F extends AnyFunction>(factory: F, ...args: OverloadArguments<F, 4>): BoundObject<Awaited<OverloadResult<F, 4>>>;
  <F extends AnyFunction>(factory: F, ...args: OverloadArguments<F, 5>): BoundObject<Awaited<OverloadResult<F, 5>>>;
  <F extends AnyFunction>(factory: F, ...args: OverloadArguments<F, 6>): BoundObject<Awaited<OverloadResult<F, 6>>>;
  <F extends AnyFunction>(factory: F, ...args: OverloadArguments<F, 7>): BoundObject<Awaited<OverloadResult<F, 7>>>;
  <A extends unknown[], T>(factory: (...args: A) => T, ...args: ThreadArguments<A>): BoundObject<Awaited<T>>;
}

/** {@link BindCall}, and `with(options)`, the same for an object whose calls have options. */
export interface BindToThread<Options> extends BindCall {
  /** The same under `options`, which never mix with the arguments. */
  with(options: Options): BindCall;
}
