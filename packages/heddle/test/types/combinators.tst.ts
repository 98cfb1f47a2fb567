/** What generators, groups of Deferreds, locks and queues give, each with its exact type, and what they refuse. */
import {
  Deferred,
  DeferredList,
  type DeferredListEntry,
  type DeferredListOptions,
  DeferredLock,
  DeferredQueue,
  DeferredSemaphore,
  ensureDeferred,
  execute,
  type FailedEntry,
  type Failure,
  fail,
  fromCoroutine,
  gatherResults,
  type Hold,
  inlineCallbacks,
  logError,
  maybeDeferred,
  race,
  succeed,
} from '../../src/defer/index.ts';
import { typeOf } from './type-of.ts';

declare const text: Deferred<string>;
declare const count: Deferred<number>;
declare const flag: Promise<boolean>;
declare const counts: Deferred<number>[];
declare const failure: Failure;

// yield* gives the value's type, without a cast.
const load = inlineCallbacks(function* (name: string, limit?: number) {
  typeOf(yield* text).is<string>();
  typeOf(yield* ensureDeferred(flag)).is<boolean>();
  typeOf(yield* limit === undefined ? text : count).is<string | number>();
  typeOf(yield flag).is<unknown>();
  return name.length + (yield* count);
});
typeOf(load).is<(this: unknown, name: string, limit?: number) => Deferred<number>>();
typeOf(load('a')).is<Deferred<number>>();
// @ts-expect-error! a name is missing
load();
// @ts-expect-error! a limit is a number
load('a', 'b');

// Generators of generators, promises and Deferreds that are returned, Failures, branches.
function* inner(): Generator<Deferred<string>, boolean, unknown> {
  return (yield* text).length > 0;
}
typeOf(inlineCallbacks(inner)()).is<Deferred<boolean>>();
typeOf(
  inlineCallbacks(function* () {
    return yield* inner();
  })(),
).is<Deferred<boolean>>();
typeOf(
  inlineCallbacks(function* (early: boolean) {
    if (early) return flag;
    if (yield* inner()) return failure;
    return text;
  })(true),
).is<Deferred<boolean | string>>();
typeOf(
  inlineCallbacks(function* () {
    yield* text;
  })(),
).is<Deferred<void>>();
typeOf(
  inlineCallbacks(function* <T>(value: T) {
    yield* text;
    return [value];
  })(3),
).is<Deferred<number[]>>();

class Account {
  balance = 1;
  add = inlineCallbacks(function* (this: Account, amount: Deferred<number>) {
    this.balance += yield* amount;
    return this;
  });
}
typeOf(new Account().add(count)).is<Deferred<Account>>();

// @ts-expect-error! not a generator function
inlineCallbacks(() => 3);
// @ts-expect-error! an async function needs none
inlineCallbacks(async () => 3);
// @ts-expect-error! an async generator cannot be run so
inlineCallbacks(async function* () {});

typeOf(ensureDeferred(text)).is<Deferred<string>>();
typeOf(ensureDeferred(flag)).is<Deferred<boolean>>();
typeOf(ensureDeferred(inner())).is<Deferred<boolean>>();
typeOf(fromCoroutine(inner())).is<Deferred<boolean>>();
typeOf(Deferred.fromCoroutine(flag)).is<Deferred<boolean>>();
// @ts-expect-error! a value is not a coroutine
ensureDeferred(3);

typeOf(maybeDeferred(() => text)).is<Deferred<string>>();
typeOf(maybeDeferred(async (n: number) => n, 1)).is<Deferred<number>>();
typeOf(maybeDeferred((n: number) => (n > 1 ? flag : n > 2 ? failure : 'x'), 1)).is<Deferred<'x' | boolean>>();
// @ts-expect-error! an argument is missing
maybeDeferred((n: number) => n);
typeOf(execute((a: number, b: string) => b.repeat(a), 2, 'x')).is<Deferred<string>>();
typeOf(text.addErrback(logError)).is<Deferred<string>>();
typeOf(text.addErrback(logError, 'while saving')).is<Deferred<string>>();

// Groups: a tuple gives a tuple, a list gives a list.
typeOf(gatherResults([text, count, flag])).is<Deferred<[string, number, boolean]>>();
typeOf(gatherResults([])).is<Deferred<[]>>();
typeOf(gatherResults(counts)).is<Deferred<number[]>>();
declare const byName: Map<string, Deferred<number>>;
typeOf(gatherResults(byName.values())).is<Deferred<number[]>>();
typeOf(race(byName.values())).is<Deferred<[index: number, value: number]>>();
declare const sure: boolean | undefined;
gatherResults(counts, { cancelRest: sure });
typeOf(gatherResults(counts, { cancelRest: true, consumeErrors: false })).is<Deferred<number[]>>();
// @ts-expect-error! there is no such option
gatherResults(counts, { cancelAll: true });
// @ts-expect-error! a value is not waited for
gatherResults([1]);

typeOf(await new DeferredList([text, count])).is<[DeferredListEntry<string>, DeferredListEntry<number>]>();
typeOf(await new DeferredList(counts)).is<DeferredListEntry<number>[]>();
declare const someOptions: DeferredListOptions;
typeOf(await new DeferredList(counts, someOptions)).is<[value: number, index: number] | DeferredListEntry<number>[]>();
typeOf(await new DeferredList(counts, { fireOnOneErrback: true })).is<DeferredListEntry<number>[]>();
typeOf(await new DeferredList([text, count], { fireOnOneCallback: true })).is<
  [value: string | number, index: number] | [FailedEntry, FailedEntry]
>();
for (const [success, result] of await new DeferredList(counts)) {
  if (success) typeOf(result).is<number>();
  else typeOf(result).is<Failure>();
}

typeOf(race(counts)).is<Deferred<[index: number, value: number]>>();
typeOf(race([text, count])).is<Deferred<[index: 0, value: string] | [index: 1, value: number]>>();
const [index, value] = await race([text, count]);
if (index === 0) typeOf(value).is<string>();
else typeOf(value).is<number>();

// Locks and queues.
const lock = new DeferredLock();
typeOf(lock.acquire()).is<Deferred<Hold>>();
typeOf(lock.run((n: number) => succeed(n), 1)).is<Deferred<number>>();
typeOf(new DeferredSemaphore(2).run(async () => 'x')).is<Deferred<string>>();
typeOf(lock.run(() => fail(1))).is<Deferred<never>>();
// @ts-expect-error! the argument must be a number
lock.run((n: number) => n, 'one');

const queue = new DeferredQueue<string>({ size: 1 });
typeOf(queue.get()).is<Deferred<string>>();
// @ts-expect-error! the items are strings
queue.put(1);
