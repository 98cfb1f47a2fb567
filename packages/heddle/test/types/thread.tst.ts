import { readdirSync } from 'node:fs';
import type { MessagePort } from 'node:worker_threads';
// biome-ignore-all format: one call a line, under the directive or behind the type that belongs to it
/** What `heddle/thread` and the options for giving up a call are typed as. */
import { type BoundObject, bindToThread, deferToThread, type Failure, iterateInThread, notify, type ThreadIterator } from 'heddle';
import { blockingCallFromThread, callFromThread, isCancelled, isInThread, signal, throwIfCancelled } from 'heddle/thread';
import { type OnCancel, ThreadPool, transfer } from 'heddle/threads';
import { typeOf } from './type-of.ts';

typeOf(isInThread()).is<boolean>();
typeOf(isCancelled()).is<boolean>();
typeOf(throwIfCancelled()).is<void>();
typeOf(signal()).is<AbortSignal>();

const ways: readonly OnCancel[] = ['terminate', 'cooperate', 'abandon'];
for (const onCancel of ways) deferToThread.with({ onCancel, grace: 5 });
new ThreadPool().with({ onCancel: 'cooperate', grace: Number.POSITIVE_INFINITY });
// @ts-expect-error Type '"ignore"' is not assignable to type
deferToThread.with({ onCancel: 'ignore' });
// @ts-expect-error Type 'string' is not assignable to type 'number'.
deferToThread.with({ grace: '5' });

// What is marked to be moved is typed as what it is.
declare function fill(bytes: Uint8Array, by: { port: MessagePort }): ArrayBuffer;
declare const bytes: Uint8Array;
declare const port: MessagePort;
typeOf(transfer(bytes)).is<Uint8Array>();
typeOf(transfer(bytes.buffer)).is<ArrayBufferLike>();
typeOf(await deferToThread(fill, transfer(bytes), { port: transfer(port) })).is<ArrayBuffer>();
typeOf(transfer(new ReadableStream<string>())).is<ReadableStream<string>>();
typeOf(transfer(new TransformStream<string, number>())).is<TransformStream<string, number>>();
// @ts-expect-error Argument of type 'number' is not assignable to parameter of type 'Movable'.
transfer(5);
// What holds memory is marked where that is, not as a whole.
// @ts-expect-error 'pixels' does not exist in type 'Movable'.
transfer({ pixels: bytes });
// @ts-expect-error Argument of type 'Uint8Array<ArrayBufferLike>[]' is not assignable to parameter of type 'Movable'.
transfer([bytes]);

// Calls from a thread are typed by the function that is called.
declare function load(id: number): Promise<string>;
typeOf(callFromThread(load, 1)).is<void>();
typeOf(blockingCallFromThread(load, 1)).is<string>();
// @ts-expect-error Argument of type 'string' is not assignable to parameter of type 'number'.
blockingCallFromThread(load, '1');
// @ts-expect-error Expected 2 arguments, but got 1.
callFromThread(load);

declare function find(name: string): Promise<Date>;
declare function find(id: number, within?: (date: Date) => boolean): bigint;
declare function only<T>(value: T): T;
typeOf(blockingCallFromThread(find, 'name')).is<Date>();
typeOf(blockingCallFromThread(find, 5)).is<bigint>();
typeOf(blockingCallFromThread(only, ['text'])).is<string[]>();
typeOf(callFromThread(find, 'name')).is<void>();
// @ts-expect-error is not assignable to parameter of type
blockingCallFromThread(find, true);
// @ts-expect-error is not assignable to parameter of type
callFromThread(find, true);

// For the effect alone.
declare function save(file: string, bytes: Uint8Array, saved?: (size: number) => void): Promise<number>;
declare function put(key: string): string;
declare function put(key: number): boolean;
const some = new ThreadPool();
typeOf(some.callInThread(save, 'file', bytes, notify(() => {}))).is<void>();
typeOf(some.callInThread(put, 'key')).is<void>();
typeOf(some.callInThread(put, 5)).is<void>();
some.callInThreadWithCallback((success, result) => {
  if (success) typeOf(result).is<number>();
  else typeOf(result).is<Failure>();
}, save, 'file', bytes);
some.callInThreadWithCallback((success, result) => { if (success) typeOf(result).is<boolean>(); }, put, 5);
some.callInThreadWithCallback((success: boolean, result: unknown) => { void [success, result]; }, put, 'key');
// @ts-expect-error Expected 3-4 arguments, but got 2.
some.callInThread(save, 'file');
// @ts-expect-error A function cannot be copied to a thread: wrap it in notify(fn), ask(fn) or inThread(fn).
some.callInThread(save, 'file', bytes, () => {});
// @ts-expect-error is not assignable to parameter of type 'number'.
some.callInThread(put, true);
// @ts-expect-error Argument of type 'number' is not assignable to parameter of type 'string'.
some.callInThreadWithCallback(() => {}, save, 5, bytes);

// Items one by one.
declare function count(limit: number): Generator<number, string>;
declare function countLater(limit: number): AsyncGenerator<Promise<Date>>;
declare function list(): Promise<boolean[]>;
declare function measure(limit: number): Promise<number>;
for await (const item of iterateInThread(count, 3)) typeOf(item).is<number>();
for await (const item of new ThreadPool().iterate(countLater, 3)) typeOf(item).is<Date>();
for await (const item of iterateInThread.with({ buffer: 2 })(list)) typeOf(item).is<boolean>();
// Overloads, as a direct call picks them; of those, only what has items.
declare function rows(text: string): Generator<string[]>;
declare function rows(text: string, named: true): Promise<Set<Map<string, string>>>;
declare function rows(from: number): number;
declare function each<T>(items: readonly T[]): Generator<T, Date>;
for await (const row of iterateInThread(rows, 'text')) typeOf(row).is<string[]>();
for await (const row of iterateInThread(rows, 'text', true)) typeOf(row).is<Map<string, string>>();
for await (const name of iterateInThread(readdirSync, '.')) typeOf(name).is<string>();
typeOf(iterateInThread(each, ['text'])).is<ThreadIterator<string, Date>>();
for await (const part of iterateInThread((text: string) => text.split(','), 'a,b')) typeOf(part).is<string>();
// @ts-expect-error is not assignable to parameter of type
iterateInThread(rows, 5);
// @ts-expect-error Argument of type 'string' is not assignable to parameter of type 'number'.
iterateInThread(count, '3');
// @ts-expect-error is not assignable to parameter of type
iterateInThread(measure, 3);

// Objects that stay in a thread.
interface Store { get(key: string): number }
declare function open(file: string): Promise<Store>;
declare function get(store: Store, key: string): Promise<number>;
const bound = bindToThread(open, 'file');
typeOf(await bound.defer(get, 'key')).is<number>();
typeOf(await bound.with({ timeout: 5 }).defer((store) => store.get('key'))).is<number>();
// @ts-expect-error Argument of type 'number' is not assignable to parameter of type 'string'.
bound.defer(get, 5);
declare function put(store: Store, key: string): number;
declare function put(store: Store, key: string, value: number): string;
declare function pairOf<V>(store: Store, value: V): [Store, V];
typeOf(await bound.defer(put, 'key')).is<number>();
typeOf(await bound.defer(put, 'key', 5)).is<string>();
typeOf(await bound.defer(pairOf, true)).is<[Store, boolean]>();
typeOf(await bound.defer((store, factor: number) => store.get('key') * factor, 2)).is<number>();
// The object is one of the arguments that choose among overloads.
declare function sizeOf(list: Set<string>, unit: string): string;
declare function sizeOf(store: Store, unit: string): number;
typeOf(await bound.defer(sizeOf, 'bytes')).is<number>();
// Items of the object one by one.
declare function keys(store: Store, prefix: string): Generator<string, number>;
declare function entries(store: Store): string[];
declare function entries(store: Store, from: number): AsyncGenerator<[string, number]>;
declare function entries(list: Set<string>): Generator<Date>;
declare function tagged<V>(store: Store, value: V): Iterable<[Store, V]>;
for await (const key of bound.iterate(keys, 'a')) typeOf(key).is<string>();
typeOf(bound.with({ buffer: 2 }).iterate(keys, 'a')).is<ThreadIterator<string, number>>();
for await (const entry of bound.iterate(entries)) typeOf(entry).is<string>();
for await (const entry of bound.iterate(entries, 5)) typeOf(entry).is<[string, number]>();
for await (const [, value] of bound.iterate(tagged, true)) typeOf(value).is<boolean>();
for await (const n of bound.iterate((store, key: string) => [store.get(key)], 'key')) typeOf(n).is<number>();
// @ts-expect-error Argument of type 'number' is not assignable to parameter of type 'string'.
bound.iterate(keys, 5);
// @ts-expect-error is not assignable to parameter of type
bound.iterate(get, 'key');
// @ts-expect-error is not assignable to parameter of type
bound.defer(put, 'key', 'value');
// @ts-expect-error Argument of type '(list: string[]) => string[]' is not assignable
bound.defer((list: string[]) => list);
declare function make(file: string): Store;
declare function make(size: number): Promise<Set<string>>;
typeOf(bindToThread(make, 'file')).is<BoundObject<Store>>();
typeOf(bindToThread(make, 5)).is<BoundObject<Set<string>>>();
typeOf(bindToThread(() => new Map([['warp', 3]]))).is<BoundObject<Map<string, number>>>();
// @ts-expect-error is not assignable to parameter of type
bindToThread(make, true);
// @ts-expect-error Argument of type 'number' is not assignable to parameter of type 'string'.
bindToThread(open, 5);
