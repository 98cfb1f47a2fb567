// biome-ignore-all format: one call a line, under the directive or beside the others
/**
 * Lists of calls: each function types the arguments beside it. The text behind a directive is part of the compiler's message.
 */
import { appendFileSync, mkdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { callMultipleInThread, notify, pool } from './subject.ts';

declare function add(a: number, b: number): number;
declare function greet(name: string, loud?: boolean): string;
declare function identity<T>(value: T): T;
declare function keep(key: symbol): void;
declare function load(progress: (percent: number) => void): string;
declare function put(key: string): boolean;
declare function put(key: number, times: number): boolean;
declare const either: typeof greet | ((name: string) => number);
declare class Shelf {
  static open(name: string): Shelf;
}

pool.callMultipleInThread([]);
pool.callMultipleInThread([[add, 1, 2], [greet, 'warp'], [greet, 'weft', true]]);
pool.callMultipleInThread([[appendFileSync, 'file', 'text'], [gzipSync, 'text'], [mkdirSync, 'folder', { recursive: true }]]);
pool.callMultipleInThread([[put, 'key'], [put, 5, 2], [either, 'warp'], [Shelf.open, 'shelf']]);
pool.callMultipleInThread([[identity, 1], [() => 1], [(count: number) => count, 3], [load, notify(() => {})]]);
callMultipleInThread([[Math.max, 1, 2, 3], [parseInt, '3']]);

// Lists that are put together elsewhere.
const greetings = ['warp', 'weft'].map((name) => [greet, name] as const);
callMultipleInThread(greetings);
const sums: [typeof add, number, number][] = [[add, 1, 2]];
callMultipleInThread([...sums, [add, 3, 4]]);

// @ts-expect-error Source has 2 element(s) but target requires 3.
pool.callMultipleInThread([[add, 1]]);
// @ts-expect-error Type 'string' is not assignable to type 'number'.
pool.callMultipleInThread([[add, 1, 2], [add, 1, '2']]);
// @ts-expect-error Type 'number' is not assignable to type 'string'.
callMultipleInThread([[greet, 'warp'], [greet, 5]]);
// @ts-expect-error Source has 4 element(s) but target allows only 3.
callMultipleInThread([[greet, 'warp', true, 1]]);
// @ts-expect-error Type 'number' is not assignable to type 'string'.
callMultipleInThread([[put, 5]]);
// @ts-expect-error A function cannot be copied to a thread: wrap it in notify(fn), ask(fn) or inThread(fn).
callMultipleInThread([[load, (percent: number) => { void percent; }]]);
// @ts-expect-error A symbol is another one in each thread: pass a string.
callMultipleInThread([[keep, Symbol('key')]]);
// @ts-expect-error Type '[number]' is not assignable to type
callMultipleInThread([[5]]);
// @ts-expect-error is not assignable to parameter of type
callMultipleInThread(add);
