import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { CancelledError, Deferred, ensureDeferred, fromCoroutine, NotACoroutineError, succeed } from 'heddle/defer';
import { errorOf, outcome } from '../support/outcome.ts';

function* double(d: Deferred<number>): Generator<Deferred<number>, number, unknown> {
  return (yield* d) * 2;
}

suite('ensureDeferred', () => {
  test('gives a Deferred back as it is', () => {
    const d = succeed(1);
    assert.equal(ensureDeferred(d), d);
  });

  test('runs a generator', () => {
    const gate = new Deferred<number>();
    const result = ensureDeferred(double(gate));
    assert.equal(outcome(result), 'no result yet');
    gate.callback(4);
    assert.deepEqual(outcome(result), { value: 8 });
  });

  test('waits for the promise of an async function, for its value or its error', async () => {
    const error = new Error('no');
    assert.equal(await ensureDeferred((async () => 'done')()), 'done');
    await assert.rejects(ensureDeferred(Promise.reject(error)), error);
  });

  test('gives up a promise when it is cancelled', () => {
    const result = ensureDeferred(new Promise(() => {}));
    result.cancel();
    assert.ok(errorOf(result) instanceof CancelledError);
  });

  test('throws a NotACoroutineError for anything else, which says what it was given', () => {
    const others: unknown[] = [1, undefined, null, 'text', {}, [], () => {}, double, (async function* () {})()];
    for (const other of others) {
      assert.throws(() => ensureDeferred(other as Promise<unknown>), NotACoroutineError);
    }
    assert.throws(() => ensureDeferred(17 as unknown as Promise<unknown>), /not 17/);
  });
});

suite('fromCoroutine', () => {
  for (const [name, run] of [
    ['as a function', fromCoroutine],
    ['as a method of the class', Deferred.fromCoroutine],
  ] as const) {
    test(`${name} runs a generator and can be cancelled`, () => {
      const gate = new Deferred<number>();
      const result = run(double(gate));
      result.cancel();
      assert.ok(errorOf(result) instanceof CancelledError);
      assert.ok(errorOf(gate) instanceof CancelledError);
    });

    test(`${name} takes the promise of an async function`, async () => {
      assert.equal(await run((async () => 3)()), 3);
    });

    test(`${name} throws a NotACoroutineError for anything else`, () => {
      assert.throws(() => run('text' as unknown as Promise<string>), NotACoroutineError);
    });
  }
});
