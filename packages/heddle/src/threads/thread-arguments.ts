/** Carries, in its own name, the sentence that the compiler prints when a bare function stands in an argument's place. */
interface AllowedInThread<Sentence extends string> {
  readonly ' allowedInThread': Sentence;
}

/** The type of a place that no value fits; the compiler prints the sentence. */
interface NotForThreads<Sentence extends string> {
  readonly ' notForThreads': Sentence;
}

/**
 * A WeakRef, also where the program's `lib` is older than that: a name which the compiler does not find would make each
 * type in which it stands `any`.
 */
interface AnyWeakRef {
  readonly [Symbol.toStringTag]: 'WeakRef';
  deref(): unknown;
}

/**
 * A function that may be passed to a thread: what `notify(fn)`, `ask(fn)` and `inThread(fn)` return.
 *
 * It fits wherever a plain function of type `F` is declared. Use it to type a variable or a parameter
 * of your own that is handed on to {@link deferToThread}.
 *
 * @example
 * ```ts
 * import type { ThreadCallable } from 'heddle/threads';
 *
 * type Progress = ThreadCallable<(percent: number) => void>;
 * ```
 */
export type ThreadCallable<F> = F &
  AllowedInThread<'A function cannot be copied to a thread: wrap it in notify(fn), ask(fn) or inThread(fn).'>;

/**
 * What a caller passes for a parameter of type `T` of a function that runs in a thread: `T` itself; a
 * {@link ThreadCallable} where `T` is a function; nothing at all where `T` never leaves its thread.
 *
 * Looks at the value itself, not into it: what lies deeper is checked when the call is made.
 */
export type ThreadArgument<T> = T extends Function
  ? ThreadCallable<T>
  : T extends symbol
    ? NotForThreads<'A symbol is another one in each thread: pass a string.'>
    : T extends ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>
      ? T // A Map has every method of a WeakMap, a Set those of a WeakSet.
      : T extends PromiseLike<unknown>
        ? NotForThreads<'A promise cannot be copied to a thread: await it and pass its value.'>
        : T extends WeakMap<WeakKey, unknown> | WeakSet<WeakKey> | AnyWeakRef
          ? NotForThreads<'A weak collection or reference cannot be copied to a thread: pass what it holds.'>
          : T;

/**
 * The arguments for a function that runs in a thread, from the parameters the function declares.
 *
 * Use it for a generic function of your own that hands its arguments on.
 *
 * @example
 * ```ts
 * import { deferToThread, type Deferred, type ThreadArguments } from 'heddle';
 *
 * function timed<A extends unknown[], R>(f: (...args: A) => R, ...args: ThreadArguments<A>): Deferred<Awaited<R>> {
 *   const started = performance.now();
 *   return deferToThread(f, ...args).addBoth((result) => {
 *     console.log(f.name, performance.now() - started);
 *     return result;
 *   });
 * }
 * ```
 */
export type ThreadArguments<A extends readonly unknown[]> = { [K in keyof A]: ThreadArgument<A[K]> };
