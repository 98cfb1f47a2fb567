import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as here from 'heddle/defer';
import { assertNoResult, failureResultOf, successResultOf } from 'heddle/testing';
import { SecondCopy } from '../support/second-copy.ts';

const other = (await new SecondCopy().import('defer')) as typeof here;

const boom = new RangeError('boom');

suite('Deferreds of two copies of the library in one program', () => {
  test('the copies have classes of their own', () => {
    assert.notEqual(here.Deferred, other.Deferred);
    assert.notEqual(here.Failure, other.Failure);
  });

  test("a Failure of the other copy is a failure in a chain: returned, thrown, fired with, and handed on by the other's chain", async () => {
    const failures: here.Deferred<unknown>[] = [
      here.succeed(1).addCallback(() => new other.Failure(boom)),
      here.succeed(1).addCallback(() => {
        throw new other.Failure(boom);
      }),
      here.succeed(new other.Failure(boom)),
      here.fail(new other.Failure(boom)),
      here.maybeDeferred(() => {
        throw new other.Failure(boom);
      }),
    ];
    const chained = new here.Deferred<never>();
    other.fail(boom).chainDeferred(chained);
    for (const failing of [...failures, chained]) await assert.rejects(async () => await failing, boom);
  });

  test('a coroutine throws what a Failure of the other copy holds', async () => {
    const run = here.inlineCallbacks(function* () {
      yield here.succeed(1);
      throw new other.Failure(boom);
    });
    await assert.rejects(async () => await run(), boom);
  });

  test('a Failure of either copy is an instance of the class of both, and an instance of what extends it only of that', () => {
    class Particular extends here.Failure {}
    assert.ok(new other.Failure(boom) instanceof here.Failure);
    assert.ok(new here.Failure(boom) instanceof other.Failure);
    assert.ok(!(new other.Failure(boom) instanceof Particular));
    assert.ok(!(new here.Failure(boom) instanceof Particular));
    assert.ok(new Particular(boom) instanceof Particular);
    for (const value of [undefined, null, 1, {}, boom]) assert.ok(!((value as unknown) instanceof here.Failure));
  });

  const waits: { how: string; wait: (awaited: here.Deferred<string>) => here.Deferred<unknown> }[] = [
    { how: 'a chain', wait: (awaited) => here.succeed(1).addCallback(() => awaited) },
    {
      how: 'a coroutine',
      wait: here.inlineCallbacks(function* (awaited: here.Deferred<string>) {
        return yield* awaited;
      }),
    },
    { how: 'maybeDeferred', wait: (awaited) => here.maybeDeferred(() => awaited) },
    { how: 'ensureDeferred', wait: (awaited) => here.ensureDeferred(awaited) },
    { how: 'gatherResults', wait: (awaited) => here.gatherResults([awaited]) },
    { how: 'a lock', wait: (awaited) => new here.DeferredLock().run(() => awaited) },
  ];
  for (const { how, wait } of waits) {
    test(`${how} that waits for a Deferred of the other copy passes a cancel on to it, with its cause`, async () => {
      let cause: unknown;
      const work = new other.Deferred<string>((_, reason) => {
        cause = reason.cause;
      });
      const waiting = wait(work);
      waiting.cancel('not needed');
      assert.equal(cause, 'not needed');
      await assert.rejects(async () => await waiting);
    });
  }

  test('what the canceller of a Deferred of the other copy fires it with is the result of the chain that waits', async () => {
    const work = new other.Deferred<string>((deferred) => deferred.callback('what there is so far'));
    const chain = here.succeed(1).addCallback(() => work);
    chain.cancel();
    assert.equal(await chain, 'what there is so far');
  });

  test('what a Deferred of the other copy has come to is told to a test', () => {
    assert.equal(successResultOf(other.succeed(1)), 1);
    assert.equal(failureResultOf(other.fail(boom), RangeError).value, boom);
    assertNoResult(new other.Deferred());
  });

  test('a Deferred cannot be fired with one of the other copy either', () => {
    const unfired = new here.Deferred<unknown>();
    assert.throws(() => unfired.callback(other.succeed(1)), here.InvalidArgumentError);
    assert.throws(() => new here.DeferredQueue<unknown>().put(other.succeed(1)), here.InvalidArgumentError);
  });
});
