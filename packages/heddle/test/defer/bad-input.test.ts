import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  Deferred,
  DeferredList,
  DeferredQueue,
  gatherResults,
  InvalidArgumentError,
  inlineCallbacks,
  race,
  setUnhandledFailurePolicy,
  succeed,
} from 'heddle/defer';
import { cooperate, deferLater, LoopingCall } from 'heddle/task';

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
];

for (const [what, f, message] of cases) {
  test(`${what} is refused, in words`, () => {
    assert.throws(f, (error) => error instanceof InvalidArgumentError && message.test(error.message));
  });
}

test('a loop that is refused its clock does not run', () => {
  assert.equal(loop.running, false);
});
