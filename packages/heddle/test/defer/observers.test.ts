import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Deferred, Failure, fail, succeed } from 'heddle/defer';
import { pending, resultOf } from '../support/result-of.ts';

const boom = new Error('boom');

suite('await and then', () => {
  test('give the value', async () => {
    assert.equal(await succeed(1), 1);
    const late = new Deferred<number>();
    const waiting = late.then((n) => n + 1);
    late.callback(1);
    assert.equal(await waiting, 2);
  });

  test('throw the error itself, not the Failure', async () => {
    await assert.rejects(async () => await fail(boom), boom);
    const late = new Deferred<number>();
    const waiting = assert.rejects(late, boom);
    late.errback(boom);
    await waiting;
  });

  test('leave the result in the chain, for any number of waiters', async () => {
    const d = new Deferred<number>();
    const waiters = [d.then(), d.toPromise(), Promise.resolve(d)];
    d.callback(1);
    assert.deepEqual(await Promise.all([...waiters, d, d]), [1, 1, 1, 1, 1]);
    assert.equal(resultOf(d), 1);
  });

  test('leave a failure in the chain as well', async () => {
    const d = fail(boom);
    await assert.rejects(d.toPromise(), boom);
    await assert.rejects(d.toPromise(), boom);
    assert.ok(resultOf(d) instanceof Failure);
  });

  test('see the result as it is at their place in the chain', async () => {
    const d = new Deferred<number>();
    const before = d.toPromise();
    const after = d.addCallback((n) => n * 10).toPromise();
    d.callback(1);
    assert.deepEqual(await Promise.all([before, after]), [1, 10]);
  });

  test('see a failure at their place although it is mended further down', async () => {
    const d = new Deferred<number>();
    const before = d.toPromise();
    const after = d.addErrback(() => 'mended').toPromise();
    d.errback(boom);
    await assert.rejects(before, boom);
    assert.equal(await after, 'mended');
  });

  test('wait while the chain waits or is paused', async () => {
    const inner = new Deferred<number>();
    const d = succeed().addCallback(() => inner);
    const seen = d.toPromise();
    d.pause();
    inner.callback(1);
    let early = true;
    void seen.then(() => assert.equal(early, false));
    await Promise.resolve();
    early = false;
    d.unpause();
    assert.equal(await seen, 1);
  });

  test('come back as native promises', () => {
    const d = succeed(1);
    for (const promise of [d.then(), d.catch(() => 0), d.finally(() => undefined), d.toPromise()]) {
      assert.equal(promise.constructor, Promise);
    }
  });

  test('do not run in the turn that asks, as with any promise', async () => {
    const order: string[] = [];
    const seen = succeed().then(() => void order.push('seen'));
    order.push('asked');
    await seen;
    assert.deepEqual(order, ['asked', 'seen']);
  });

  test('catch and finally behave as those of promises do', async () => {
    assert.equal(await fail(boom).catch((error) => (error as Error).message), 'boom');
    let ended = 0;
    await assert.rejects(
      fail(boom).finally(() => void ended++),
      boom,
    );
    assert.equal(await succeed(1).finally(() => void ended++), 1);
    assert.equal(ended, 2);
  });

  test('do not take the result as a chained Deferred would', async () => {
    const d = succeed(1);
    await d;
    const outer = succeed().addCallback(() => d);
    assert.equal(resultOf(outer), 1);
    assert.equal(resultOf(d), undefined);
    assert.equal(await d, undefined);
  });

  test('see a cancel', async () => {
    const d = new Deferred<number>();
    const waiting = assert.rejects(d, { name: 'CancelledError', code: 'ABORT_ERR' });
    d.cancel();
    await waiting;
  });

  test('work inside an async function that was started by the chain itself', async () => {
    const d = succeed(2);
    const e = succeed().addCallback(async () => (await d) * 3);
    assert.equal(resultOf(e), pending);
    assert.equal(await e, 6);
  });
});
