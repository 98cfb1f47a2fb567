/** What a chain holds after each step, with its exact type; where a Deferred fits; and what it refuses. */
import { CancelledError, Deferred, Failure, fail, type Settled, succeed, TimeoutError } from '../../src/defer/index.ts';
import { typeOf } from './type-of.ts';

declare const text: Deferred<string>;
declare const count: Deferred<number>;
declare const failure: Failure;
declare const signal: AbortSignal;

// What a callback returns is what the chain holds.
typeOf(text.addCallback((s) => s.length)).is<Deferred<number>>();
typeOf(text.addCallback((s) => [s])).is<Deferred<string[]>>();
typeOf(text.addCallback(() => undefined)).is<Deferred<undefined>>();
typeOf(text.addCallback(() => {})).is<Deferred<void>>();
typeOf(text.addCallback((s) => s.length).addCallback((n) => n > 3)).is<Deferred<boolean>>();

// Deferreds and promises are waited for, at any depth; a Failure is no value.
typeOf(text.addCallback(() => count)).is<Deferred<number>>();
typeOf(text.addCallback(async (s) => s.length)).is<Deferred<number>>();
typeOf(text.addCallback(async () => count)).is<Deferred<number>>();
typeOf(text.addCallback((s) => (s === '' ? count : s.length))).is<Deferred<number>>();
typeOf(text.addCallback((s) => (s === '' ? new Failure('empty') : s.length))).is<Deferred<number>>();
typeOf(text.addCallback(() => failure)).is<Deferred<never>>();
typeOf(
  text.addCallback(() => {
    throw new Error('always');
  }),
).is<Deferred<never>>();

// An errback that recovers widens; one that throws does not.
typeOf(text.addErrback(() => 0)).is<Deferred<string | number>>();
typeOf(text.addErrback(() => 'default')).is<Deferred<string>>();
typeOf(text.addErrback((f) => f)).is<Deferred<string>>();
typeOf(text.addErrback((f) => f.raiseException())).is<Deferred<string>>();
typeOf(text.addErrback(() => count)).is<Deferred<string | number>>();
typeOf(fail(new Error('x')).addErrback(() => 0)).is<Deferred<number>>();

// addBoth gets either.
text.addBoth((result) => {
  typeOf(result).is<string | Failure>();
});
typeOf(text.addBoth((result) => result)).is<Deferred<string>>();
typeOf(text.addBoth(() => 1)).is<Deferred<number>>();

// addCallbacks: either may be left out, and lets the result pass then.
typeOf(
  text.addCallbacks(
    (s) => s.length,
    () => false,
  ),
).is<Deferred<number | boolean>>();
typeOf(text.addCallbacks((s) => s.length)).is<Deferred<number>>();
typeOf(text.addCallbacks(undefined, () => 0)).is<Deferred<string | number>>();
declare const measureOrNot: ((s: string) => number) | undefined;
typeOf(text.addCallbacks(measureOrNot)).is<Deferred<string | number>>();

// A Failure is no value, whether or not an async function gives it.
typeOf(text.addErrback((failure) => failure)).is<Deferred<string>>();
typeOf(text.addErrback(async (failure) => failure)).is<Deferred<string>>();

// Extra arguments follow the result, and their types are the function's.
declare function pad(s: string, length: number, fill?: string): string;
typeOf(text.addCallback(pad, 5)).is<Deferred<string>>();
typeOf(text.addCallback((s, extra: boolean) => [s, extra] as const, true)).is<Deferred<readonly [string, boolean]>>();
typeOf(text.addCallbacks(pad, (_failure, fallback: number) => fallback, [3], [0])).is<Deferred<string | number>>();
// @ts-expect-error! the length is a number
text.addCallback(pad, 'five');
// @ts-expect-error! the length is missing
text.addCallback(pad);
// @ts-expect-error! the length is missing here as well
text.addCallbacks(pad);
// @ts-expect-error! there is no number in this chain
text.addCallback((n: number) => n);
// @ts-expect-error! a chain takes functions
text.addCallback('text');

// Timeouts, signals, what is made.
typeOf(text.addTimeout(50)).is<Deferred<string>>();
typeOf(text.addTimeout(50, undefined, (_result, timeout) => timeout)).is<Deferred<string | number>>();
declare const onTimeout: (() => boolean) | undefined;
typeOf(text.addTimeout(50, undefined, onTimeout)).is<Deferred<string | boolean>>();
typeOf(text.cancelOn(signal)).is<Deferred<string>>();
typeOf(text.chainDeferred(new Deferred<string>())).is<Deferred<void>>();
typeOf(succeed()).is<Deferred<void>>();
typeOf(succeed(1)).is<Deferred<number>>();
typeOf(fail('x')).is<Deferred<never>>();
typeOf(Deferred.fromPromise(Promise.resolve(1))).is<Deferred<number>>();
// @ts-expect-error! the other Deferred is for numbers
text.chainDeferred(new Deferred<number>());
declare const textOrCount: Deferred<string | number>;
// @ts-expect-error! what comes may be a number
textOrCount.chainDeferred(new Deferred<string>());
// @ts-expect-error! it is for strings
new Deferred<string>().callback(1);

// Whoever awaits gets the value.
async function awaiting(): Promise<void> {
  typeOf(await text).is<string>();
  typeOf(await Promise.all([text, count])).is<[string, number]>();
  typeOf(text.then((s) => s.length)).is<Promise<number>>();
  typeOf(text.catch(() => 0)).is<Promise<string | number>>();
  typeOf(text.toPromise()).is<Promise<string>>();
}
void awaiting;

// A Deferred is a Deferred of more, and a promise.
const wider: Deferred<string | number> = text;
const promised: Promise<string> = text;
const like: PromiseLike<string | number> = text;
const failing: Deferred<string> = fail(new Error('x'));
void [wider, promised, like, failing];
// @ts-expect-error! not every string or number is a string
const narrower: Deferred<string> = wider;
void narrower;

// A Failure tells what it holds.
if (failure.is(TimeoutError)) typeOf(failure.value.timeout).is<number>();
typeOf(failure.value).is<unknown>();
typeOf(failure.check(TimeoutError, CancelledError)).is<typeof TimeoutError | typeof CancelledError | undefined>();
typeOf(failure.trap(TimeoutError)).is<typeof TimeoutError>();
declare const settled: Settled<Promise<number> | Failure | string>;
typeOf(settled).is<number | string>();
