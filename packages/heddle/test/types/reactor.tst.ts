// biome-ignore-all format: one call a line, under the directive or behind the type that belongs to it
/** The reactor's functions type what they call by the arguments they are given. */
import { type DelayedCall, type ThreadPool, type Reactor, reactor, type SystemEventTrigger } from 'heddle';
import { Clock, failureResultOf, MemoryReactor, type MemoryThreadPool, successResultOf } from 'heddle/testing';
import { type Deferred, type Failure, TimeoutError } from 'heddle/defer';
import { typeOf } from './type-of.ts';

declare function log(text: string, level?: number): void;
declare const count: Deferred<number>;

typeOf(reactor).is<Reactor<ThreadPool>>();
typeOf(reactor.getThreadPool()).is<ThreadPool>();
typeOf(new MemoryReactor().getThreadPool()).is<MemoryThreadPool>();
typeOf(reactor.run({ shutdownTimeout: 5 })).is<Promise<void>>();

// Delayed calls, of the reactor and of a clock.
typeOf(reactor.callLater(5, log, 'text')).is<DelayedCall>();
typeOf(reactor.callLater(5, log, 'text', 2)).is<DelayedCall>();
typeOf(new Clock().callLater(5, log, 'text')).is<DelayedCall>();
reactor.callLater(5, (n, text) => { typeOf(n).is<number>(); typeOf(text).is<string>(); }, 1, 'text');
reactor.callLater(5, async () => 'a promise is watched');
// @ts-expect-error Argument of type 'number' is not assignable to parameter of type 'string'.
reactor.callLater(5, log, 5);
// @ts-expect-error Expected 3-4 arguments, but got 2.
reactor.callLater(5, log);
// @ts-expect-error Argument of type 'string' is not assignable to parameter of type 'number'.
reactor.callLater(5, log, 'text', 'unnecessary');
// @ts-expect-error Argument of type 'string' is not assignable to parameter of type 'number'.
reactor.callLater('5', log, 'text');
// @ts-expect-error Argument of type 'number' is not assignable to parameter of type 'string'.
new Clock().callLater(5, log, 5);

// Triggers.
typeOf(reactor.addSystemEventTrigger('before', 'shutdown', log, 'text')).is<SystemEventTrigger>();
typeOf(reactor.callWhenRunning(log, 'text')).is<SystemEventTrigger | undefined>();
// @ts-expect-error Argument of type 'number' is not assignable to parameter of type 'string'.
reactor.addSystemEventTrigger('before', 'shutdown', log, 5);
// @ts-expect-error Argument of type '"later"' is not assignable to parameter of type 'Phase'.
reactor.addSystemEventTrigger('later', 'shutdown', log, 'text');
// @ts-expect-error Argument of type 'number' is not assignable to parameter of type 'string'.
reactor.callWhenRunning(log, 5);

// Threads.
declare function keep(key: symbol): void;
typeOf(reactor.callFromThread(log, 'text')).is<void>();
typeOf(reactor.callInThread(log, 'text')).is<void>();
// @ts-expect-error Argument of type 'number' is not assignable to parameter of type 'string'.
reactor.callFromThread(log, 5);
// @ts-expect-error Argument of type 'number' is not assignable to parameter of type 'string'.
reactor.callInThread(log, 5);
// @ts-expect-error A symbol is another one in each thread: pass a string.
reactor.callInThread(keep, Symbol('key'));

// Options.
// @ts-expect-error 'shutdownTimeou' does not exist in type 'RunOptions'. Did you mean to write 'shutdownTimeout'?
reactor.run({ shutdownTimeou: 5 });

// What a test takes out of a Deferred.
typeOf(successResultOf(count)).is<number>();
typeOf(failureResultOf(count)).is<Failure>();
typeOf(failureResultOf(count, TimeoutError)).is<Failure<TimeoutError>>();
declare class Refused extends Error { readonly by: string }
typeOf(failureResultOf(count, TimeoutError, Refused)).is<Failure<TimeoutError | Refused>>();
// @ts-expect-error Argument of type 'Promise<number>' is not assignable to parameter of type 'Deferred<number>'
successResultOf(Promise.resolve(5));
