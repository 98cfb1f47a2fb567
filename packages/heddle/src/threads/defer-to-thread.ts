import { inspect } from 'node:util';
import type { Deferred } from '../defer/deferred.ts';
import { InvalidArgumentError } from '../defer/errors.ts';
import { reactor } from './create-reactor.ts';
import type {
  BindCall,
  BindToThread,
  CallSequence,
  DeferCall,
  DeferToThread,
  DeferToThreadPool,
  IterateCall,
  IterateInThread,
} from './deferrable.ts';
import type { CallOptions } from './options.ts';
import type { AnyFunction } from './overloads.ts';
import { refusedCall } from './pool/refused-call.ts';
import type { PoolView, ThreadPool } from './thread-pool.ts';

// What goes in and comes out, only the signatures that users see can tell.
type Untyped = (f: Function, ...args: unknown[]) => Deferred<never>;

/**
 * A call under options: in the pool that the reactor has when it is made, since that is another one once the reactor has
 * been stopped.
 *
 * @throws InvalidArgumentError when an option cannot be what it is given as
 */
function underOptions(options: CallOptions, way: 'defer' | 'iterate' | 'bind'): (...call: unknown[]) => unknown {
  let pool = reactor.getThreadPool();
  let calls = pool.with(options);
  return (...call) => {
    const now = reactor.getThreadPool();
    if (now !== pool) {
      pool = now;
      calls = now.with(options);
    }
    return Reflect.apply(calls[way], undefined, call);
  };
}

/**
 * Runs a blocking function in a thread of the reactor's pool, and gives its
 * result as a Deferred, so that the event loop stays free meanwhile.
 *
 * The function is named by itself: no worker file, no registration, no build
 * step. It may be exported by a module of yours, come from an npm package, or
 * be one of Node's own. Its arguments and its result are copied as structured
 * clone copies; their types are the function's.
 *
 * Never throws: whatever stands in the way is the failure of the Deferred,
 * which never fires in the turn of the call. `deferToThread.with({ signal,
 * timeout })(f, ...args)` is the same call under options.
 *
 * After Twisted's `twisted.internet.threads.deferToThread`.
 *
 * @example
 * ```ts
 * import { gzipSync } from 'node:zlib';
 * import { deferToThread } from 'heddle';
 *
 * const packed = await deferToThread(gzipSync, 'a long text', { level: 9 });
 * console.log(packed.length);
 * ```
 */
export const deferToThread: DeferToThread<CallOptions> = Object.assign(
  ((f: Function, ...args: unknown[]) => (reactor.getThreadPool().defer as Untyped)(f, ...args)) as DeferCall,
  { with: (options: CallOptions): DeferCall => underOptions(options, 'defer') as DeferCall },
);

/**
 * Runs a generator function in a thread of the reactor's pool, and gives its
 * items one by one: {@link ThreadPool.iterate}.
 *
 * @example
 * ```ts
 * import { iterateInThread } from 'heddle';
 *
 * function* words(text: string) {
 *   for (const match of text.matchAll(/\w+/g)) yield match[0];
 * }
 * for await (const word of iterateInThread(words, 'warp and weft')) console.log(word);
 * // prints warp
 * // prints and
 * // prints weft
 * ```
 */
export const iterateInThread: IterateInThread<CallOptions> = Object.assign(
  ((f: Function, ...args: unknown[]) =>
    Reflect.apply(reactor.getThreadPool().iterate, undefined, [f, ...args])) as IterateCall,
  { with: (options: CallOptions): IterateCall => underOptions(options, 'iterate') as IterateCall },
);

/**
 * Makes an object that stays in a thread of its own, and is called there:
 * {@link ThreadPool.bind}.
 *
 * @example
 * ```ts file=stock.ts
 * export const openStock = (): Map<string, number> => new Map([['warp', 3]]);
 * export const take = (stock: Map<string, number>, name: string): number => {
 *   stock.set(name, (stock.get(name) ?? 0) - 1);
 *   return stock.get(name) ?? 0;
 * };
 * ```
 * ```ts
 * import { bindToThread } from 'heddle';
 * import { openStock, take } from './stock.ts';
 *
 * await using stock = bindToThread(openStock);
 * console.log(await stock.defer(take, 'warp')); // prints 2
 * ```
 */
export const bindToThread: BindToThread<CallOptions> = Object.assign(
  ((f: Function, ...args: unknown[]) =>
    Reflect.apply(reactor.getThreadPool().bind, undefined, [f, ...args])) as BindCall,
  { with: (options: CallOptions): BindCall => underOptions(options, 'bind') as BindCall },
);

/**
 * Runs several functions one after the other in one thread of the reactor's pool, for their effects:
 * {@link ThreadPool.callMultipleInThread}.
 *
 * After Twisted's `twisted.internet.threads.callMultipleInThread`.
 */
export function callMultipleInThread<const F extends readonly AnyFunction[]>(calls: CallSequence<F>): void {
  reactor.getThreadPool().callMultipleInThread(calls);
}

/**
 * {@link deferToThread} in a pool of your choice: Twisted's spelling of
 * `pool.defer(f, ...args)`, without the reactor before the pool.
 */
export const deferToThreadPool: DeferToThreadPool<ThreadPool | PoolView> = ((
  pool: ThreadPool | PoolView,
  f: Function,
  ...args: unknown[]
) => {
  if (typeof pool?.defer === 'function') return (pool.defer as Untyped)(f, ...args);
  const given = inspect(pool, { depth: 0 });
  const message = `deferToThreadPool takes a pool, then the function and its arguments, and no reactor: ${given} is no pool.`;
  return refusedCall(new InvalidArgumentError(message));
}) as DeferToThreadPool<ThreadPool | PoolView>;
