import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CancelledError, type Deferred, TimeoutError } from 'heddle/defer';
import { ThreadExitError, TooManyCrashesError } from 'heddle/threads';
import * as faults from '../../fixtures/threads/faults.ts';
import { add, neverSettle, spinForever } from '../../fixtures/threads/jobs.ts';
import { tenant } from '../../fixtures/threads/stores.ts';
import { errorOf } from '../../support/failure-of.ts';
import { Gate } from '../../support/gate.ts';
import { poolFor } from '../../support/pools.ts';

const limit = { timeout: 30_000 };

test(
  'a function that has ended three threads in a row is refused by name, with how the last ended',
  limit,
  async (t) => {
    const pool = poolFor(t, { name: 'mill' });
    for (const code of [4, 5, 6]) await errorOf(pool.defer(faults.exit, code), ThreadExitError);
    const error = await errorOf(pool.defer(faults.exit, 7), TooManyCrashesError);
    const { code, functionName, crashes, cause } = error;
    assert.deepEqual(
      { code, functionName, crashes },
      { code: 'HEDDLE_TOO_MANY_CRASHES', functionName: 'exit', crashes: 3 },
    );
    assert.ok(cause instanceof ThreadExitError && cause.exitCode === 6);
    assert.match(
      error.message,
      /^The pool 'mill' did not take exit: the last 3 threads .*exit code 6.*pool\.forgive\(f\)/,
    );
    assert.equal(pool.statistics().refused, 1);
    assert.equal(await pool.defer(add, 1, 2), 3);
  },
);

test('the error that ended the last thread is to be found in the refusal', limit, async (t) => {
  const pool = poolFor(t, { maxCrashes: 1 });
  await errorOf(pool.defer(faults.throwLater, 'out of nowhere'), ThreadExitError);
  const { cause } = await errorOf(pool.defer(faults.throwLater, 'again'), TooManyCrashesError);
  const last = (cause as Error).cause;
  assert.ok(last instanceof TypeError && last.message === 'out of nowhere');
});

test('forgive(f) takes calls of the function again, forgive() those of all', limit, async (t) => {
  const pool = poolFor(t, { maxCrashes: 1 });
  const exits = (f: (code: number) => unknown): Promise<ThreadExitError> => errorOf(pool.defer(f, 2), ThreadExitError);
  const isRefused = (f: (code: number) => unknown): Promise<TooManyCrashesError> =>
    errorOf(pool.defer(f, 2), TooManyCrashesError);
  for (const f of [faults.exit, faults.exitLater]) {
    await exits(f);
    await isRefused(f);
  }
  pool.forgive(faults.exit);
  await exits(faults.exit);
  await isRefused(faults.exitLater);
  pool.forgive();
  await exits(faults.exit);
  await exits(faults.exitLater);
  pool.forgive(Math.max.bind(undefined));
  await isRefused(faults.exit);
});

test('calls that wait are refused, too, when their function has ended too many threads', limit, async (t) => {
  const pool = poolFor(t, { max: 1, maxCrashes: 2 });
  const ends = Array.from({ length: 6 }, (_, code) => pool.defer(faults.exit, code));
  const other = pool.defer(add, 1, 2);
  for (const call of ends.splice(0, 2)) await errorOf(call, ThreadExitError);
  for (const call of ends) await errorOf(call, TooManyCrashesError);
  assert.equal(await other, 3);
});

test('a call that is answered begins the count anew', limit, async (t) => {
  const pool = poolFor(t, { maxCrashes: 2 });
  for (let round = 0; round < 3; round++) {
    await errorOf(pool.defer(faults.exitIf, true), ThreadExitError);
    assert.equal(await pool.defer(faults.exitIf, false), 'answered');
  }
  await errorOf(pool.defer(faults.exitIf, true), ThreadExitError);
  await errorOf(pool.defer(faults.exitIf, true), ThreadExitError);
  await errorOf(pool.defer(faults.exitIf, false), TooManyCrashesError);
});

test('threads that the pool ends for a cancel or a timeout do not count', limit, async (t) => {
  const pool = poolFor(t, { max: 1, maxCrashes: 1 });
  const { defer } = pool.with({ grace: 0 });
  for (let round = 0; round < 2; round++) {
    const gate = new Gate();
    const call = defer(spinForever, gate.shared);
    await gate.entered();
    call.cancel();
    await errorOf(call, CancelledError);
  }
  const timed = pool.with({ grace: 0, runTimeout: 20 }).defer(spinForever, new Gate().shared);
  await errorOf(timed, TimeoutError);
  const gate = new Gate();
  const last = defer(spinForever, gate.shared);
  await gate.entered();
  last.cancel();
  await errorOf(last, CancelledError);
});

test('closures that are made at the same place count as one function', limit, async (t) => {
  const pool = poolFor(t, { maxCrashes: 2 });
  const ending = (code: number) => (): never => process.exit(code);
  for (const code of [1, 2]) await errorOf(pool.defer(ending(code)), ThreadExitError);
  assert.equal((await errorOf(pool.defer(ending(3)), TooManyCrashesError)).crashes, 2);
  pool.forgive(ending(4));
  assert.equal((await errorOf(pool.defer(ending(5)), ThreadExitError)).exitCode, 5);
});

test('a function is the same whether it is called, gives its items or takes a store along', limit, async (t) => {
  const pool = poolFor(t, { maxCrashes: 2 });
  await errorOf(pool.defer(faults.exit, 1), ThreadExitError);
  const items = pool.iterate(faults.exit as unknown as (code: number) => Iterable<number>, 2);
  await assert.rejects(items.next(), ThreadExitError);
  await errorOf(pool.defer(faults.exit, 3), TooManyCrashesError);
  await pool.propagate(tenant);
  await tenant.run('t', () => errorOf(pool.defer(faults.exit, 4), TooManyCrashesError));
  pool.forgive(faults.exit);
  await tenant.run('t', () => errorOf(pool.defer(faults.exit, 5), ThreadExitError));
});

test('calls of one function that share a thread count its end once', limit, async (t) => {
  const pool = poolFor(t, { max: 1, concurrency: 3, maxCrashes: 2 });
  for (const atOnce of [2, 1]) {
    const gates = Array.from({ length: atOnce }, () => new Gate());
    const calls: Deferred<unknown>[] = gates.map((gate) => pool.defer(neverSettle, gate.shared));
    await Promise.all(gates.map((gate) => gate.entered()));
    calls.push(pool.defer(faults.exit, 1));
    for (const call of calls) await errorOf(call, ThreadExitError);
  }
  await errorOf(pool.defer(neverSettle, new Gate().shared), TooManyCrashesError);
});

test('with a maxCrashes of Infinity a function may end any number of threads', limit, async (t) => {
  const pool = poolFor(t, { maxCrashes: Number.POSITIVE_INFINITY });
  for (let call = 0; call < 5; call++) await errorOf(pool.defer(faults.exit, call), ThreadExitError);
});
