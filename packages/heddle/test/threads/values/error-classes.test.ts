import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test, type TestContext } from 'node:test';
import { ask, CancelledError, Deferred, TimeoutError } from 'heddle';
import { ProcessPool, ThreadPool, UnclonableError } from 'heddle/threads';
import { askInVain, failByHeddle, keep, thrownInThread } from '../../fixtures/threads/error-classes.ts';
import { errorOf } from '../../support/failure-of.ts';
import { traceFile } from '../../support/program.ts';
import { poolOfOne } from '../../support/pools.ts';

const limit = { timeout: 60_000 };

for (const Pool of [ThreadPool, ProcessPool]) {
  const { name } = Pool;
  const poolFor = (t: TestContext): ThreadPool => poolOfOne(t, Pool);

  test(`${name}: what Heddle throws in a thread is of the classes that the program has there`, limit, async (t) => {
    const pool = poolFor(t);
    await pool.defer(
      keep,
      ask(() => 1),
    );
    const thrown = await pool.defer(
      thrownInThread,
      ask(() => 1),
    );
    assert.deepEqual(thrown, ['UnclonableError', 'CallableError', 'ReactorCallError']);
  });

  test(`${name}: a question that is given up fails with a CancelledError of the program’s class`, limit, async (t) => {
    const pool = poolFor(t);
    const file = await traceFile(t);
    const asked = new Deferred<void>();
    const never = ask(() => {
      asked.callback();
      return new Deferred<never>();
    });
    const call = pool.with({ onCancel: 'cooperate' }).defer(askInVain, never, file);
    await asked;
    call.cancel();
    await errorOf(call, CancelledError);
    let noted = '';
    while (noted === '') noted = await readFile(file, 'utf8');
    assert.equal(noted, 'CancelledError');
  });

  test(`${name}: an error of Heddle’s that a job throws is of its class on the other side`, limit, async (t) => {
    const pool = poolFor(t);
    const timeout = await errorOf(pool.defer(failByHeddle, 'timeout'), TimeoutError);
    assert.deepEqual([timeout.timeout, timeout.limit, timeout.code], [5, 'total', 'HEDDLE_TIMEOUT']);
    await errorOf(pool.defer(failByHeddle, 'cancelled'), CancelledError);
  });
}

test('a class of the program’s that extends one of Heddle’s is told apart from it', () => {
  class Declined extends UnclonableError {}
  assert.ok(new Declined('no') instanceof UnclonableError);
  assert.ok(new Declined('no') instanceof Declined);
  assert.ok(!(new UnclonableError('no') instanceof Declined));
  assert.ok(!(new TypeError('no') instanceof UnclonableError));
  assert.ok(!({} instanceof UnclonableError));
});
