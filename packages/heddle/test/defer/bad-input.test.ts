import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  Deferred,
  DeferredFilesystemLock,
  DeferredList,
  DeferredLock,
  DeferredQueue,
  execute,
  Failure,
  gatherResults,
  InvalidArgumentError,
  inlineCallbacks,
  logError,
  maybeDeferred,
  race,
  setUnhandledFailurePolicy,
  succeed,
} from 'heddle/defer';
import { createReactor } from 'heddle/reactor';
import { Cooperator, cooperate, deferLater, LoopingCall } from 'heddle/task';
import { Clock, failureResultOf, MemoryThreadPool } from 'heddle/testing';
import { prometheusText, ThreadPool } from 'heddle/threads';
import { culpritOf, frameAt, framesOf } from 'heddle/watchdog';

const reactor = createReactor();
const failure = new Failure(new Error('no'));
const loop = new LoopingCall(() => {});
loop.clock = {} as never;
const untimed = new LoopingCall(() => {});
untimed.clock = { callLater: () => {} } as never;

const cases: readonly (readonly [what: string, f: () => unknown, message: RegExp])[] = [
  ['gatherResults of a promise', () => gatherResults(Promise.resolve([]) as never), /needs an array/],
  ['gatherResults of an object', () => gatherResults({ a: 1 } as never), /needs an array/],
  ['gatherResults of nothing', () => gatherResults(undefined as never), /needs an array/],
  ['race of a text', () => race('ab' as never), /needs an array/],
  ['a misspelt option of gatherResults', () => gatherResults([], { cancelrest: true } as never), /cancelRest/],
  ['a misspelt option of a DeferredList', () => new DeferredList([], { fireOnOneErrBack: true } as never), /Errback/],
  ['a misspelt option of a DeferredQueue', () => new DeferredQueue({ sise: 1 } as never), /size, backlog/],
  ['a misspelt policy', () => setUnhandledFailurePolicy('thow' as never), /'thow'/],
  ['a signal that is none', () => new Deferred().cancelOn({} as never), /AbortSignal/],
  ['an EventTarget as a signal', () => new Deferred().cancelOn(new EventTarget() as never), /AbortSignal/],
  ['a canceller that is none', () => new Deferred('x' as never), /canceller/],
  ['inlineCallbacks of nothing', () => inlineCallbacks(undefined as never), /function\*/],
  ['a timeout that is null, and would be over at once', () => new Deferred().addTimeout(null as never), /not null/],
  ['a timeout that is a text', () => new Deferred().addTimeout('5' as never), /not '5'/],
  [
    'what addTimeout is to call and cannot',
    () => new Deferred().addTimeout(5, undefined, 'late' as never),
    /onTimeoutCancel must be a function, not 'late'/,
  ],
  ['a clock of addTimeout that is none', () => succeed().addTimeout(5, {} as never), /callLater/],
  ['a clock of deferLater that is none', () => deferLater(undefined as never, 5), /callLater/],
  ['a clock of a loop that is none', () => loop.start(5), /callLater/],
  ['a clock of a loop that tells no time', () => untimed.start(5), /must have a method now\(\)/],
  [
    'a comparison of cooperate.sort that is none',
    () => cooperate.sort([2, 1], null as never),
    /needs a function, not null/,
  ],
  [
    'further arguments of a callback that are no array',
    () => new Deferred().addCallbacks(String, undefined, 'ab' as never),
    /arguments of a Deferred's callback must be an array, not 'ab'/,
  ],
  [
    'further arguments of an errback that are no array',
    () => new Deferred().addCallbacks(String, String, [], 5 as never),
    /arguments of a Deferred's errback must be an array, not 5/,
  ],
  [
    'a function in the place of a Deferred',
    () => new Deferred().chainDeferred((() => {}) as never),
    /must be a Deferred/,
  ],
  ['a name in the place of a class', () => failure.check('TypeError' as never), /classes, and 'TypeError' is none/],
  ['a name to trap', () => failure.trap('TypeError' as never), /classes, and 'TypeError' is none/],
  ['an error in the place of its class', () => failure.is(new Error('no') as never), /is none/],
  [
    'a class of failureResultOf that is none',
    () => failureResultOf(succeed() as never, undefined as never),
    /undefined/,
  ],
  ['a stream for a traceback that is none', () => failure.printTraceback('stderr' as never), /stream.*not 'stderr'/],
  ['a generator function for an error', () => failure.throwExceptionIntoGenerator(function* () {} as never), /throw/],
  ['a path with a null byte', () => new DeferredFilesystemLock('a\0b'), /null bytes, not 'a\\x00b'/],
  ['an event without a name', () => reactor.addSystemEventTrigger('before', 5 as never, () => {}), /event.*not 5/],
  ['the firing of an event without a name', () => reactor.fireSystemEvent(undefined as never), /not undefined/],
  ['a trigger to remove that is none', () => reactor.removeSystemEventTrigger(undefined as never), /not undefined/],
  ['a pool size that is not given', () => reactor.suggestThreadPoolSize(undefined as never), /not undefined/],
  ['a clock pumped by a number', () => new Clock().pump(5 as never), /not by 5/],
  [
    'a result that goes to no function',
    () => new MemoryThreadPool().callInThreadWithCallback(5 as never, Math.sqrt, 4),
    /result must be a function, not 5/,
  ],
  ['an array of pools', () => prometheusText([] as never), /is none.*\.\.\.pools/],
  ['a pool that is none', () => prometheusText({ name: 'a' } as never), /\{ name: 'a' \} is none/],
  [
    'an environment that is a list',
    () => new ThreadPool({ env: ['A=1'] as never }),
    /env .* must be an object or SHARE_ENV/,
  ],
  ['an error in the place of its stack', () => framesOf(new Error('no') as never), /stack as text/],
  ['a misspelt option of framesOf', () => framesOf('', { mapped: true } as never), /isMapped/],
  ['a stack in the place of its frames', () => culpritOf('at f (a.js:1:1)' as never), /framesOf/],
  ['a frame without a script', () => frameAt({ functionName: 'f', line: 1, column: 1 } as never), /script/],
];

for (const [what, f, message] of cases) {
  test(`${what} is refused, in words`, () => {
    assert.throws(f, (error) => error instanceof InvalidArgumentError && message.test(error.message));
  });
}

test('a loop that is refused its clock does not run', () => {
  assert.equal(loop.running, false);
});

const failing: readonly (readonly [what: string, f: () => Deferred<unknown>, message: RegExp])[] = [
  ['execute', () => execute(5 as never), /What execute calls must be a function, not 5/],
  [
    'maybeDeferred',
    () => maybeDeferred(undefined as never),
    /What maybeDeferred calls must be a function, not undefined/,
  ],
  ['the run of a lock', () => new DeferredLock().run('f' as never), /What run calls must be a function, not 'f'/],
];

for (const [what, f, message] of failing) {
  test(`${what} without a function fails, in words`, () => {
    const { value } = failureResultOf(f(), InvalidArgumentError);
    assert.match(value.message, message);
  });
}

test('what a lock cannot run does not wait for its turn', async () => {
  const lock = new DeferredLock();
  await lock.acquire();
  failureResultOf(lock.run(5 as never), InvalidArgumentError);
  assert.equal(lock.waiting, 0);
});

test('an error that a promise gives to logError is not lost', async () => {
  const lost = new Error('lost');
  await assert.rejects(Promise.reject(lost).catch(logError), (error) => {
    assert.ok(error instanceof InvalidArgumentError);
    assert.match(error.message, /takes a Failure, not Error: lost/);
    assert.equal(error.cause, lost);
    return true;
  });
});

test('tasks fail, and make no step, where the scheduler gives nothing by which a turn can be taken back', async () => {
  const turns: (() => void)[] = [];
  const cooperator = new Cooperator({ scheduler: ((turn: () => void) => void turns.push(turn)) as never });
  const steps: string[] = [];
  const pieces = function* (name: string): Generator<void> {
    steps.push(name);
    yield;
  };
  const first = failureResultOf(cooperator.coiterate(pieces('first')), InvalidArgumentError);
  const second = failureResultOf(cooperator.cooperate(pieces('second')).whenDone(), InvalidArgumentError);
  for (const { value } of [first, second]) assert.match(value.message, /scheduler .* cancel\(\).*not undefined/);
  // What was to be called all the same finds nothing to do, and throws nothing that nobody could catch.
  for (const turn of turns) turn();
  assert.deepEqual(steps, []);
});

test('tasks fail where a scheduler gives what cannot be taken back in a later turn', () => {
  const turns: (() => void)[] = [];
  const scheduler = (turn: () => void): unknown => (turns.push(turn) === 1 ? { cancel: () => {} } : undefined);
  const cooperator = new Cooperator({ scheduler: scheduler as never, terminationPredicateFactory: () => () => true });
  const task = cooperator.coiterate([1, 2, 3]);
  turns[0]?.();
  const { value } = failureResultOf(task, InvalidArgumentError);
  assert.match(value.message, /scheduler .* cancel\(\)/);
});

test('tasks fail where nothing says when a turn is over', async () => {
  const cooperator = new Cooperator({ terminationPredicateFactory: (() => true) as never });
  await assert.rejects(cooperator.coiterate([1]), (error) => {
    return error instanceof InvalidArgumentError && /terminationPredicateFactory.*not true/.test(error.message);
  });
});

test('further arguments may be null, as Twisted has None for them', async () => {
  const deferred = new Deferred<string>().addCallbacks((text) => `${text}!`, undefined, null as never, null as never);
  deferred.callback('warp');
  assert.equal(await deferred, 'warp!');
});
