import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Deferred, NotPausedError, succeed } from 'heddle/defer';
import { pending, resultOf } from '../support/result-of.ts';

suite('pause and unpause', () => {
  test('hold the chain: a paused Deferred can be fired and runs when it is unpaused', () => {
    const calls: number[] = [];
    const d = new Deferred<number>().addCallback((n) => calls.push(n)) as unknown as Deferred<number>;
    d.pause();
    d.callback(1);
    assert.equal(d.called, true);
    assert.deepEqual(calls, []);
    d.unpause();
    assert.deepEqual(calls, [1]);
  });

  test('hold late callbacks as well', () => {
    const d = succeed(1);
    d.pause();
    assert.equal(resultOf(d), pending);
    d.unpause();
    assert.equal(resultOf(d), 1);
  });

  test('are counted', () => {
    const d = succeed(1);
    d.pause();
    d.pause();
    d.unpause();
    assert.equal(resultOf(d), pending);
    d.unpause();
    assert.equal(resultOf(d), 1);
  });

  test('stop a chain between two callbacks when the first of them pauses it', () => {
    const d = new Deferred<number>();
    d.addCallback((n) => {
      d.pause();
      return n + 1;
    });
    d.callback(1);
    assert.equal(resultOf(d), pending);
    d.unpause();
    assert.equal(resultOf(d), 2);
  });

  test('inside one callback leave the chain as it was', () => {
    const order: string[] = [];
    const d = new Deferred<void>();
    d.addCallback(() => {
      d.pause();
      d.unpause();
      order.push('first');
    });
    d.addCallback(() => void order.push('second'));
    d.callback();
    assert.deepEqual(order, ['first', 'second']);
  });

  test('do nothing to an unfired Deferred but hold it', () => {
    const d = new Deferred<number>();
    d.pause();
    d.unpause();
    d.callback(1);
    assert.equal(resultOf(d), 1);
  });

  test('an unpause too many throws and leaves the Deferred usable', () => {
    const d = new Deferred<number>();
    assert.throws(() => d.unpause(), NotPausedError);
    assert.throws(() => d.unpause(), { code: 'HEDDLE_NOT_PAUSED' });
    d.callback(1);
    assert.equal(resultOf(d), 1);
  });

  test('an unpause cannot end the wait for another Deferred', () => {
    const inner = new Deferred<number>();
    const d = succeed().addCallback(() => inner);
    assert.throws(() => d.unpause(), NotPausedError);
    inner.callback(1);
    assert.equal(resultOf(d), 1);
  });

  test('a pause during such a wait outlasts it', () => {
    const inner = new Deferred<number>();
    const d = succeed().addCallback(() => inner);
    d.pause();
    inner.callback(1);
    assert.equal(resultOf(d), pending);
    d.unpause();
    assert.equal(resultOf(d), 1);
  });
});
