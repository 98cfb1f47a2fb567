// biome-ignore-all format: one call a line, under the directive or behind the type that belongs to it
/**
 * Calls that must not compile. The text behind each directive is part of the compiler's message,
 * so that a mistake is not only refused but explained.
 */
import { hashSync } from 'bcryptjs';
import { readFileSync } from 'node:fs';
import { deferToThread, deferToThreadPool, notify, pool } from './subject.ts';

declare function sortBy<T>(values: T[], compare: (a: T, b: T) => number): T[];
declare function sortNumbers(values: number[], compare?: (a: number, b: number) => number): number[];
declare function double(text: string): string;
declare function double(count: number): number;
declare function identity<T>(value: T): T;
declare function none(): boolean;
declare function rest(label: string, ...values: number[]): number;
declare function drive(unit: 'mm' | 'inch', options: { speed?: number }): void;
declare function load(key: string, progress?: (percent: number) => void): string;
declare function load(key: number, progress?: (percent: number) => void): number;
declare function symbolic(key: symbol): void;
declare function awaiting(value: Promise<number>): void;
declare function weak(cache: WeakMap<object, number>): void;
declare class User {
  constructor(name: string);
}

// Wrong arguments.
// @ts-expect-error Argument of type 'number' is not assignable to parameter of type 'string'.
deferToThread(hashSync, 12);
// @ts-expect-error is not assignable to parameter of type 'string | number | undefined'.
deferToThread(hashSync, 'password', true);
// @ts-expect-error Argument of type '"m"' is not assignable to parameter of type
deferToThread(drive, 'm', {});
// @ts-expect-error 'sped' does not exist in type '{ speed?: number; }'. Did you mean to write 'speed'?
deferToThread(drive, 'mm', { sped: 1 });
// @ts-expect-error Argument of type 'string' is not assignable to parameter of type 'number'.
deferToThread(rest, 'sum', 1, '2');
// @ts-expect-error is not assignable to parameter of type 'number'.
deferToThread(double, true);
// @ts-expect-error Type '"utf99"' is not assignable to type 'BufferEncoding
deferToThread(readFileSync, 'file', { encoding: 'utf99' });

// Too few and too many; the counts include the function.
// @ts-expect-error Expected 2-3 arguments, but got 1.
deferToThread(hashSync);
// @ts-expect-error Expected 2-3 arguments, but got 4.
deferToThread(hashSync, 'password', 12, 'more');
// @ts-expect-error Expected 1 arguments, but got 2.
deferToThread(none, 1);
// @ts-expect-error Expected 2 arguments, but got 1.
deferToThread(double);
// @ts-expect-error Expected 2 arguments, but got 3.
deferToThread(double, 1, 2);
// @ts-expect-error Expected 2 arguments, but got 1.
deferToThread(identity);

// Something that is not a function.
// @ts-expect-error Argument of type 'number' is not assignable to parameter of type '() => unknown'.
deferToThread(42);
// @ts-expect-error Type 'typeof User' provides no match for the signature '(args_0: string): unknown'.
deferToThread(User, 'name');

// A bare function among the arguments.
// @ts-expect-error A function cannot be copied to a thread: wrap it in notify(fn), ask(fn) or inThread(fn).
deferToThread(sortBy, [3, 1, 2], (a: number, b: number) => a - b);
// @ts-expect-error A function cannot be copied to a thread: wrap it in notify(fn), ask(fn) or inThread(fn).
deferToThread(sortBy, [3, 1, 2], (a, b) => a - b);
// @ts-expect-error A function cannot be copied to a thread: wrap it in notify(fn), ask(fn) or inThread(fn).
deferToThread(sortNumbers, [3, 1, 2], (a, b) => a - b);
// @ts-expect-error A function cannot be copied to a thread: wrap it in notify(fn), ask(fn) or inThread(fn).
deferToThread(JSON.parse, '[]', (_key: string, value: unknown) => value);
// @ts-expect-error A function cannot be copied to a thread: wrap it in notify(fn), ask(fn) or inThread(fn).
deferToThread(identity, () => 1);
// @ts-expect-error A function cannot be copied to a thread: wrap it in notify(fn), ask(fn) or inThread(fn).
deferToThread(identity, User);
// @ts-expect-error A function cannot be copied to a thread: wrap it in notify(fn), ask(fn) or inThread(fn).
deferToThread(load, 1, () => {});
// @ts-expect-error No overload matches this call.
deferToThread(load, 'key', () => {});
// @ts-expect-error is not assignable to type '(done: number) => void'
deferToThread((_progress: (done: number) => void) => 1, notify((text: string) => text.length));

// Values that never leave their thread.
// @ts-expect-error A symbol is another one in each thread: pass a string.
deferToThread(symbolic, Symbol.iterator);
// @ts-expect-error A promise cannot be copied to a thread: await it and pass its value.
deferToThread(awaiting, Promise.resolve(1));
// @ts-expect-error A promise cannot be copied to a thread: await it and pass its value.
deferToThread(identity, deferToThread(none));
// @ts-expect-error A weak collection or reference cannot be copied to a thread: pass what it holds.
deferToThread(weak, new WeakMap());

// The other spellings.
// @ts-expect-error Argument of type 'number' is not assignable to parameter of type 'string'.
pool.with({ timeout: 100 }).defer(hashSync, 12);
// @ts-expect-error Argument of type 'number' is not assignable to parameter of type 'string'.
deferToThread.with({ timeout: 100 })(hashSync, 12);
// @ts-expect-error 'timeOut' does not exist in type
deferToThread.with({ timeOut: 100 })(hashSync, 'password');
// @ts-expect-error A function cannot be copied to a thread: wrap it in notify(fn), ask(fn) or inThread(fn).
pool.defer(sortNumbers, [3, 1, 2], (a, b) => a - b);
// @ts-expect-error Expected 3-4 arguments, but got 2.
deferToThreadPool(pool, hashSync);
// @ts-expect-error A function cannot be copied to a thread: wrap it in notify(fn), ask(fn) or inThread(fn).
deferToThreadPool(pool, sortNumbers, [3, 1, 2], (a, b) => a - b);

// A generic function of one's own declares its arguments as ThreadArguments<A>.
export function passOn<A extends unknown[], R>(f: (...args: A) => R, ...args: A): void {
  // @ts-expect-error Argument of type 'A' is not assignable to parameter of type 'ThreadArguments<A>'.
  deferToThread(f, ...args);
}
