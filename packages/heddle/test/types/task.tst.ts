// biome-ignore-all format: one call a line, under the directive or behind the type that belongs to it
/** Tasks have the results of their generators, loops the arguments of their functions. */
import { type Deferred, reactor, succeed } from 'heddle';
import { type CooperativeTask, coiterate, cooperate, deferLater, LoopingCall, react } from 'heddle/task';
import { Clock } from 'heddle/testing';
import { typeOf } from './type-of.ts';

declare function log(text: string, level?: number): void;
declare function parts(count: number): Generator<number | undefined | Deferred<string>, Map<string, number>, unknown>;
declare function later(): AsyncGenerator<number, string>;
declare const words: string[];

// Tasks.
typeOf(cooperate(parts(3))).is<CooperativeTask<Map<string, number>>>();
typeOf(cooperate(parts(3)).whenDone()).is<Deferred<Map<string, number>>>();
typeOf(coiterate(parts(3))).is<Deferred<Map<string, number>>>();
typeOf(coiterate(later())).is<Deferred<string>>();
cooperate(parts(3), { onProgress: (part) => { typeOf(part).is<number>(); } });
cooperate(words, { onProgress: (word) => { typeOf(word).is<string>(); } });
// @ts-expect-error Type '(part: string) => void' is not assignable to type '(value: number) => void'.
cooperate(parts(3), { onProgress: (part: string) => log(part) });
// @ts-expect-error! a generator function is not called by itself
cooperate(parts);
// @ts-expect-error 'priorty' does not exist in type
cooperate(parts(3), { priorty: 1 });

// Arrays.
typeOf(cooperate.map(words, (word, i) => word.length + i)).is<Deferred<number[]>>();
typeOf(cooperate.filter(words, (word): word is 'warp' => word === 'warp')).is<Deferred<'warp'[]>>();
typeOf(cooperate.filter(words, (word) => word.length)).is<Deferred<string[]>>();
typeOf(cooperate.reduce(words, (sum, word) => sum + word.length, 0)).is<Deferred<number>>();
typeOf(cooperate.sort(new Uint8Array(3))).is<Deferred<number[]>>();
// @ts-expect-error Property 'foo' does not exist on type 'string'.
cooperate.map(words, (word) => word.foo);

// Loops.
typeOf(new LoopingCall(log, 'text')).is<LoopingCall<[text: string, level?: number]>>();
typeOf(new LoopingCall(log, 'text').start(5, { now: false })).is<Deferred<LoopingCall<[text: string, level?: number]>>>();
typeOf(LoopingCall.withCount((count) => { typeOf(count).is<number>(); })).is<LoopingCall<[]>>();
// @ts-expect-error Argument of type 'number' is not assignable to parameter of type 'string'.
new LoopingCall(log, 5);

// deferLater and react.
typeOf(deferLater(reactor, 5)).is<Deferred<void>>();
typeOf(deferLater(new Clock(), 5, (n: number) => succeed(String(n)), 1)).is<Deferred<string>>();
// @ts-expect-error Argument of type 'number' is not assignable to parameter of type 'string'.
deferLater(reactor, 5, log, 5);
typeOf(react(async (given, name) => { typeOf(given).is<typeof reactor>(); typeOf(name).is<string>(); }, ['name'])).is<Promise<void>>();
// @ts-expect-error! a function that gives nothing to wait for
react(() => {});
// @ts-expect-error! the file is missing
react(async (_reactor, file: string) => file.length);
