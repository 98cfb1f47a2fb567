// biome-ignore-all format: one call a line, under the directive or behind the type that belongs to it
/** The results of calls that compile, each with its exact type. */
import { hash, hashSync } from 'bcryptjs';
import { chunk, sortBy } from 'lodash-es';
import { marked, parse } from 'marked';
import ms from 'ms';
import type { NonSharedBuffer } from 'node:buffer';
import { execFileSync, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { pbkdf2Sync } from 'node:crypto';
import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { satisfies } from 'semver';
import {
  ask,
  type Deferred,
  deferToThread,
  deferToThreadPool,
  inThread,
  notify,
  pool,
  type ThreadArguments,
  threadFunction,
} from './subject.ts';
import { typeOf } from './type-of.ts';

// Functions of npm packages.
typeOf(deferToThread(hashSync, 'password', 12)).is<Deferred<string>>();
typeOf(deferToThread(hashSync, 'password')).is<Deferred<string>>();
typeOf(deferToThread(hash, 'password', 12)).is<Deferred<string>>();
typeOf(deferToThread(marked.parse, '# Title')).is<Deferred<string>>();
typeOf(deferToThread(parse, '# Title', { gfm: true })).is<Deferred<string>>();
typeOf(deferToThread(marked, '# Title', { async: true })).is<Deferred<string>>();
typeOf(deferToThread(satisfies, '1.2.3', '^1.0.0')).is<Deferred<boolean>>();
typeOf(deferToThread(ms, '2 days')).is<Deferred<number>>();
typeOf(deferToThread(ms, 60_000)).is<Deferred<string>>();

// Functions of Node and of the language.
typeOf(deferToThread(execFileSync, 'ls')).is<Deferred<NonSharedBuffer>>();
typeOf(deferToThread(execFileSync, 'ls', { encoding: 'utf8' })).is<Deferred<string>>();
typeOf(deferToThread(execFileSync, 'ls', ['-l'], { encoding: 'utf8' })).is<Deferred<string>>();
typeOf(deferToThread(spawnSync, 'ls', ['-l'])).is<Deferred<SpawnSyncReturns<NonSharedBuffer>>>();
typeOf(deferToThread(gzipSync, Buffer.from('text'))).is<Deferred<NonSharedBuffer>>();
typeOf(deferToThread(gzipSync, 'text', { level: 9 })).is<Deferred<NonSharedBuffer>>();
typeOf(deferToThread(pbkdf2Sync, 'secret', 'salt', 100_000, 32, 'sha512')).is<Deferred<NonSharedBuffer>>();
typeOf(deferToThread(JSON.parse, '[]')).is<Deferred<any>>();
typeOf(deferToThread(JSON.stringify, { a: 1 }, null, 2)).is<Deferred<string>>();
typeOf(deferToThread(Math.max, 1, 2, 3)).is<Deferred<number>>();

// Overloads, as a direct call picks them.
typeOf(deferToThread(readFileSync, 'file')).is<Deferred<NonSharedBuffer>>();
typeOf(deferToThread(readFileSync, 'file', 'utf8')).is<Deferred<string>>();
typeOf(deferToThread(readFileSync, 'file', { encoding: 'utf8' })).is<Deferred<string>>();
typeOf(deferToThread(readFileSync, 'file', { encoding: null })).is<Deferred<NonSharedBuffer>>();
typeOf(deferToThread(readdirSync, '.')).is<Deferred<string[]>>();
typeOf(deferToThread(readdirSync, '.', { withFileTypes: true })).is<Deferred<Dirent[]>>();

declare function double(text: string): string;
declare function double(count: number): number;
typeOf(deferToThread(double, 'a')).is<Deferred<string>>();
typeOf(deferToThread(double, 1)).is<Deferred<number>>();

declare function load(key: string, progress?: (percent: number) => void): string;
declare function load(key: number, progress?: (percent: number) => void): Promise<Buffer>;
typeOf(deferToThread(load, 'key')).is<Deferred<string>>();
typeOf(deferToThread(load, 1)).is<Deferred<Buffer>>();
typeOf(deferToThread(load, 1, notify((percent: number) => console.log(percent)))).is<Deferred<Buffer>>();

declare function six(mode: 0): 'zero';
declare function six(mode: 1): 'one';
declare function six(mode: 2): 'two';
declare function six(mode: 3): 'three';
declare function six(mode: 4): 'four';
declare function six(mode: 5, scale: number): 'five';
typeOf(deferToThread(six, 0)).is<Deferred<'zero'>>();
typeOf(deferToThread(six, 3)).is<Deferred<'three'>>();
typeOf(deferToThread(six, 5, 1)).is<Deferred<'five'>>();

// Generic functions take their types from the arguments.
declare function identity<T>(value: T): T;
declare function first<T>(values: readonly T[]): T | undefined;
declare function pair<A, B>(a: A, b: B): [A, B];
declare function pluck<T, K extends keyof T>(value: T, key: K): T[K];
typeOf(deferToThread(identity, 1)).is<Deferred<number>>();
typeOf(deferToThread(identity, { a: 'x' })).is<Deferred<{ a: string }>>();
typeOf(deferToThread(first, [{ a: 1 }])).is<Deferred<{ a: number } | undefined>>();
typeOf(deferToThread(pair, 'x', new Date(0))).is<Deferred<[string, Date]>>();
typeOf(deferToThread(chunk, [1, 2, 3], 2)).is<Deferred<number[][]>>();

// A literal argument widens on its way to a generic function, so a key stands for every key.
typeOf(deferToThread(pluck, { a: 1, b: 'x' }, 'b')).is<Deferred<string | number>>();

// Overloads lose their type parameters; naming the type arguments keeps them, and the function stays the same one.
declare function repeat<T>(value: T): T;
declare function repeat<T>(value: T, times: number): T[];
typeOf(deferToThread(repeat, 1, 2)).is<Deferred<unknown[]>>();
typeOf(deferToThread(repeat<number>, 1, 2)).is<Deferred<number[]>>();
typeOf(deferToThread(sortBy<{ name: string }>, [{ name: 'b' }], 'name')).is<Deferred<{ name: string }[]>>();

// Shapes of parameter lists and results.
declare function none(): boolean;
declare function optional(text: string, times?: number): string;
declare function rest(label: string, ...values: number[]): number;
declare function later(id: number): Promise<{ id: number }>;
declare function nothing(text: string): void;
declare function anything(value: unknown): unknown;
declare const spread: [string, number];
typeOf(deferToThread(none)).is<Deferred<boolean>>();
typeOf(deferToThread(optional, 'a')).is<Deferred<string>>();
typeOf(deferToThread(optional, 'a', 2)).is<Deferred<string>>();
typeOf(deferToThread(optional, 'a', undefined)).is<Deferred<string>>();
typeOf(deferToThread(optional, ...spread)).is<Deferred<string>>();
typeOf(deferToThread(rest, 'a')).is<Deferred<number>>();
typeOf(deferToThread(rest, 'a', 1, 2, 3)).is<Deferred<number>>();
typeOf(deferToThread(later, 1)).is<Deferred<{ id: number }>>();
typeOf(deferToThread(async (id: number) => [id], 1)).is<Deferred<number[]>>();
typeOf(deferToThread((n) => n * 2, 21)).is<Deferred<number>>();
typeOf(deferToThread(nothing, 'a')).is<Deferred<void>>();
typeOf(deferToThread(anything, new Map([[1, new Set('a')]]))).is<Deferred<unknown>>();

// Methods.
class Circle {
  readonly radius = 1;
  static area(radius: number): number {
    return Math.PI * radius ** 2;
  }
  scaled(this: Circle, factor: number): string {
    return String(this.radius * factor);
  }
}
typeOf(deferToThread(Circle.area, 2)).is<Deferred<number>>();
typeOf(deferToThread(new Circle().scaled, 2)).is<Deferred<string>>();

// Built-in collections, class instances and `any` pass; their contents are looked at when the call is made.
declare function store(map: Map<string, number>, set: Set<string>, circle: Circle, other: object): number;
declare const untyped: any;
typeOf(deferToThread(store, new Map(), new Set(['a']), new Circle(), {})).is<Deferred<number>>();
typeOf(deferToThread(optional, untyped, untyped)).is<Deferred<string>>();

// One of several functions: what each of them takes, and what one of them gives.
declare const parsers: { number: (text: string) => number; flag: (text: string, strict?: boolean) => boolean };
declare const kind: keyof typeof parsers;
typeOf(deferToThread(parsers[kind], '1')).is<Deferred<number | boolean>>();

// Functions among the arguments, said in words; their parameters are typed by the function that receives them.
declare function work(count: number, progress?: (done: number, of: number) => void): boolean;
declare function lookUp(query: (key: string) => number): number;
declare function sorted<T>(values: T[], compare: (a: T, b: T) => number): T[];
typeOf(deferToThread(work, 1)).is<Deferred<boolean>>();
typeOf(deferToThread(work, 1, notify((done, of) => console.log((done / of).toFixed())))).is<Deferred<boolean>>();
typeOf(deferToThread(lookUp, ask((key) => key.length))).is<Deferred<number>>();
typeOf(deferToThread(lookUp, ask(async (key) => key.length))).is<Deferred<number>>();
typeOf(deferToThread(sorted, [2, 1], inThread((a: number, b: number) => a - b))).is<Deferred<number[]>>();
typeOf(deferToThread(JSON.parse, '[]', inThread((_key: string, value: unknown) => value))).is<Deferred<any>>();
// Also where the parameter is optional, they need no types of their own.
deferToThread(JSON.parse, '[]', inThread((key, value: unknown) => (typeOf(key).is<string>(), value)));
deferToThread(sorted<number>, [2, 1], inThread((a, b) => (typeOf(a).is<number>(), a - b)));

// A function of unknown parameters takes what it is given.
declare const anyFunction: (...args: any[]) => unknown;
typeOf(deferToThread(anyFunction, 1, 'a')).is<Deferred<unknown>>();

// A function named by its address has the type it is given.
const address = new URL('file:///work.js');
typeOf(deferToThread(threadFunction<typeof readFileSync>(address, 'read'), 'file', 'utf8')).is<Deferred<string>>();
typeOf(deferToThread(threadFunction<typeof identity>(address, 'identity'), 1)).is<Deferred<number>>();
typeOf(deferToThread(threadFunction(address, 'untyped'), 1, 'a')).is<Deferred<unknown>>();

// The other spellings.
const controller = new AbortController();
typeOf(deferToThread.with({ timeout: 100, signal: controller.signal })(hashSync, 'password', 12)).is<Deferred<string>>();
typeOf(deferToThread.with({ timeout: 100 })(readFileSync, 'file', 'utf8')).is<Deferred<string>>();
typeOf(deferToThread.with({ timeout: 100 })(identity, 1)).is<Deferred<number>>();
typeOf(pool.defer(hashSync, 'password', 12)).is<Deferred<string>>();
typeOf(pool.defer(double, 1)).is<Deferred<number>>();
typeOf(pool.with({ timeout: 100 }).defer(readFileSync, 'file')).is<Deferred<NonSharedBuffer>>();
typeOf(deferToThreadPool(pool, hashSync, 'password', 12)).is<Deferred<string>>();
typeOf(deferToThreadPool(pool.with({ timeout: 5 }), hashSync, 'password', 12)).is<Deferred<string>>();
typeOf(deferToThreadPool(pool, readFileSync, 'file', 'utf8')).is<Deferred<string>>();
typeOf(deferToThreadPool(pool, identity, 1)).is<Deferred<number>>();
typeOf(deferToThreadPool(pool, work, 1, notify((done) => done.toFixed()))).is<Deferred<boolean>>();

// A generic function of one's own hands its arguments on.
function twice<A extends unknown[], R>(f: (...args: A) => R, ...args: ThreadArguments<A>): Deferred<Awaited<R>> {
  return deferToThread(f, ...args).addCallback(() => deferToThread(f, ...args));
}
typeOf(twice(optional, 'a', 2)).is<Deferred<string>>();
