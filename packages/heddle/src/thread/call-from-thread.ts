import { maybeDeferred } from '../defer/maybe-deferred.ts';
import { setImmediate } from '../defer/node-timers.ts';
import type { AnyFunction, OverloadArguments, OverloadResult } from '../threads/overloads.ts';
import { placeOf, requireFunction } from '../threads/callable/place-of-function.ts';
import { type CallsToReactor, inside } from '../threads/wire/inside.ts';
import { ReactorCallError } from '../threads/wire/errors/reactor-call-error.ts';

/** How a function is called in the reactor's thread. Overloaded ones are tried signature by signature, as by `DeferCall`. */
export interface CallFromThread {
  <F extends AnyFunction>(f: F, ...args: OverloadArguments<F, 0>): void;
  <F extends AnyFunction>(f: F, ...args: OverloadArguments<F, 1>): void;
  <F extends AnyFunction>(f: F, ...args: OverloadArguments<F, 2>): void;
  <F extends AnyFunction>(f: F, ...args: OverloadArguments<F, 3>): void;
  <F extends AnyFunction>(f: F, ...args: OverloadArguments<F, 4>): void;
  <F extends AnyFunction>(f: F, ...args: OverloadArguments<F, 5>): void;
  <F extends AnyFunction>(f: F, ...args: OverloadArguments<F, 6>): void;
  <F extends AnyFunction>(f: F, ...args: OverloadArguments<F, 7>): void;
  <A extends unknown[]>(f: (...args: A) => unknown, ...args: A): void;
}

/** {@link CallFromThread} where what the function gives is waited for. */
export interface BlockingCallFromThread {
  <F extends AnyFunction>(f: F, ...args: OverloadArguments<F, 0>): Awaited<OverloadResult<F, 0>>;
  <F extends AnyFunction>(f: F, ...args: OverloadArguments<F, 1>): Awaited<OverloadResult<F, 1>>;
  <F extends AnyFunction>(f: F, ...args: OverloadArguments<F, 2>): Awaited<OverloadResult<F, 2>>;
  <F extends AnyFunction>(f: F, ...args: OverloadArguments<F, 3>): Awaited<OverloadResult<F, 3>>;
  <F extends AnyFunction>(f: F, ...args: OverloadArguments<F, 4>): Awaited<OverloadResult<F, 4>>;
  <F extends AnyFunction>(f: F, ...args: OverloadArguments<F, 5>): Awaited<OverloadResult<F, 5>>;
  <F extends AnyFunction>(f: F, ...args: OverloadArguments<F, 6>): Awaited<OverloadResult<F, 6>>;
  <F extends AnyFunction>(f: F, ...args: OverloadArguments<F, 7>): Awaited<OverloadResult<F, 7>>;
  <A extends unknown[], R>(f: (...args: A) => R, ...args: A): Awaited<R>;
}

/**
 * Calls a function in the reactor's thread and does not wait for it.
 *
 * `f` is a function that the job was passed with `notify(fn)` or `ask(fn)`, or
 * one that a module exports, which then runs in the instance of its module that
 * the reactor's thread has. The arguments are copied. Calls are made in the order
 * in which a thread asks for them; what was passed does not wait while the module
 * of another is still being imported. What `f` throws is reported in the reactor's
 * thread as a failure that nobody handled, and so is that its module does not export
 * it there (a CallableError, `HEDDLE_NO_SUCH_FUNCTION`): the thread does not wait to
 * learn of it. In the reactor's thread itself, `f` is called in a later turn.
 *
 * After Twisted's `reactor.callFromThread`.
 *
 * @param f what is to be called there
 * @param args its arguments
 * @throws CallableError when `f` is no function, or one that no other thread can have, such as a bound one
 * @throws UnclonableError when an argument cannot be sent
 * @throws ReactorCallError `HEDDLE_JOB_ENDED` when `f` was passed to a call that has ended
 *
 * @example
 * ```ts file=counter.ts
 * export const counts = new Map<string, number>();
 *
 * export function count(word: string): void {
 *   counts.set(word, (counts.get(word) ?? 0) + 1);
 * }
 * ```
 * ```ts file=words.ts
 * import { callFromThread } from 'heddle/thread';
 * import { count } from './counter.ts';
 *
 * export function countWords(text: string): number {
 *   const words = text.split(' ');
 *   for (const word of words) callFromThread(count, word);
 *   return words.length;
 * }
 * ```
 * ```ts
 * import { deferToThread } from 'heddle';
 * import { counts } from './counter.ts';
 * import { countWords } from './words.ts';
 *
 * await deferToThread(countWords, 'a b a');
 * while (counts.get('a') !== 2) await new Promise(setImmediate);
 * console.log(counts); // prints Map(2) { 'a' => 2, 'b' => 1 }
 * ```
 */
export const callFromThread: CallFromThread = (f: Function, ...args: unknown[]): void => {
  requireFunction(f);
  const reactor = inside()?.reactor;
  if (reactor === undefined) setImmediate(() => maybeDeferred(() => Reflect.apply(f, undefined, args) as unknown));
  else reactor.call(targetOf(reactor, f), args);
};

/**
 * Calls a function in the reactor's thread and waits, blocked, for what it
 * gives: its value, or what its Deferred or promise ends with. What it throws
 * is thrown here.
 *
 * `f` is what {@link callFromThread} takes. The wait ends with a CancelledError
 * when the call that the code works for is given up, and with the thread when
 * its pool is stopped. A thread that waits for longer than `f` runs counts as
 * absent: others may work in its place, up to 64, so that `f` may defer to the
 * same pool.
 *
 * After Twisted's `blockingCallFromThread`.
 *
 * @param f what is to be called there
 * @param args its arguments
 * @throws ReactorCallError `HEDDLE_BLOCKS_REACTOR` in the reactor's own thread, which would wait for itself
 * @throws CallableError `HEDDLE_NO_SUCH_FUNCTION` when the module of `f` does not export it
 * @throws whatever `f` throws, and what {@link callFromThread} does
 *
 * @example
 * ```ts file=users.ts
 * const users = new Map([[7, 'Ann']]);
 *
 * export async function findUser(id: number): Promise<string> {
 *   return users.get(id) ?? 'nobody';
 * }
 * ```
 * ```ts file=letter.ts
 * import { blockingCallFromThread } from 'heddle/thread';
 * import { findUser } from './users.ts';
 *
 * export function letter(id: number): string {
 *   return `Dear ${blockingCallFromThread(findUser, id)},`;
 * }
 * ```
 * ```ts
 * import { deferToThread } from 'heddle';
 * import { letter } from './letter.ts';
 *
 * console.log(await deferToThread(letter, 7)); // prints Dear Ann,
 * ```
 */
export const blockingCallFromThread: BlockingCallFromThread = (f: Function, ...args: unknown[]): never => {
  requireFunction(f);
  const reactor = inside()?.reactor;
  if (reactor !== undefined) return reactor.ask(targetOf(reactor, f), args) as never;
  throw new ReactorCallError(
    'HEDDLE_BLOCKS_REACTOR',
    `blockingCallFromThread(${f.name || 'f'}) was called in the reactor's thread, which would wait for itself. Call the function, and await what it gives.`,
  );
};

function targetOf(reactor: CallsToReactor, f: Function): Parameters<CallsToReactor['call']>[0] {
  return reactor.targetOf(f) ?? placeOf(f);
}
