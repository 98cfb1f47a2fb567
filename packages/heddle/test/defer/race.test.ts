import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  CancelledError,
  Deferred,
  Failure,
  FailureGroup,
  fail,
  InvalidArgumentError,
  inlineCallbacks,
  race,
  succeed,
} from 'heddle/defer';
import { runProgram } from '../support/program.ts';
import { errorOf, outcome } from '../support/outcome.ts';

const error = new Error('no');

suite('race', () => {
  test('fires with the place and the value of the first success', () => {
    const a = new Deferred<string>();
    const b = new Deferred<string>();
    const winner = race([a, b]);
    assert.equal(outcome(winner), 'no result yet');
    b.callback('b');
    assert.deepEqual(outcome(winner), { value: [1, 'b'] });
  });

  test('is won by the first in order where several have succeeded already', () => {
    assert.deepEqual(outcome(race([fail(error), succeed('b'), succeed('c')])), { value: [1, 'b'] });
  });

  test('cancels each of the others once, before it fires', () => {
    const order: string[] = [];
    const a = new Deferred<string>(() => order.push('a cancelled'));
    const b = new Deferred<string>(() => order.push('b cancelled'));
    const c = new Deferred<string>(() => order.push('c cancelled'));
    race([a, b, c]).addCallback(() => order.push('fired'));
    b.callback('b');
    assert.deepEqual(order, ['a cancelled', 'c cancelled', 'fired']);
  });

  test('stays won where a loser succeeds while it is cancelled', () => {
    const a = new Deferred<string>((d) => d.callback('half'));
    const b = new Deferred<string>();
    const winner = race([a, b]);
    b.callback('b');
    assert.deepEqual(outcome(winner), { value: [1, 'b'] });
    assert.deepEqual(outcome(a), { value: 'half' });
  });

  test('goes on after a failure while others run', () => {
    const a = new Deferred<string>();
    const winner = race([fail(error), a]);
    assert.equal(outcome(winner), 'no result yet');
    a.callback('a');
    assert.deepEqual(outcome(winner), { value: [1, 'a'] });
  });

  test('fails with all failures in the order of the inputs where none succeeds', () => {
    const a = new Deferred<string>();
    const b = new Deferred<string>();
    const winner = race([a, b]);
    const [failureA, failureB] = [new Failure(new Error('a')), new Failure(new Error('b'))];
    b.errback(failureB);
    a.errback(failureA);
    const group = errorOf(winner);
    assert.ok(group instanceof FailureGroup);
    assert.ok(group instanceof AggregateError);
    assert.deepEqual(group.failures, [failureA, failureB]);
    assert.deepEqual(group.errors, [failureA.value, failureB.value]);
    assert.equal(group.code, 'HEDDLE_FAILURE_GROUP');
    assert.equal(group.message, 'All 2 inputs failed; the first of them: Error: a');
  });

  test('of nothing fails at once, with a FailureGroup that says so', () => {
    const group = errorOf(race([]));
    assert.ok(group instanceof FailureGroup);
    assert.deepEqual(group.failures, []);
    assert.match(group.message, /race\(\) needs at least one/);
  });

  test('takes promises among its inputs', async () => {
    assert.deepEqual(await race([new Deferred<string>(), Promise.resolve('promised')]), [1, 'promised']);
  });

  test('refuses an input that is neither', () => {
    assert.throws(() => race([1 as unknown as Promise<number>]), InvalidArgumentError);
  });

  test('is cancelled with all its inputs, and fails with their failures', () => {
    const a = new Deferred<void>();
    const b = new Deferred<void>();
    const winner = race([a, b]);
    winner.cancel();
    const group = errorOf(winner);
    assert.ok(group instanceof FailureGroup);
    assert.deepEqual(
      group.failures.map((failure) => failure.is(CancelledError)),
      [true, true],
    );
  });

  test('may be won while it is cancelled', () => {
    const winner = race([new Deferred<string>(), new Deferred<string>((d) => d.callback('half'))]);
    winner.cancel();
    assert.deepEqual(outcome(winner), { value: [1, 'half'] });
  });

  test('that is cancelled fails at once where an input goes on all the same', () => {
    const tidied = new Deferred<void>();
    const slow = inlineCallbacks(function* () {
      try {
        yield* new Deferred<void>();
      } finally {
        yield* tidied;
      }
    })();
    const winner = race([slow]);
    winner.cancel();
    assert.ok(errorOf(winner) instanceof CancelledError);
    tidied.callback();
    assert.ok(errorOf(slow) instanceof CancelledError);
    assert.deepEqual(outcome(winner), { value: undefined }, 'its failure was taken above, and there is no second one');
  });

  test('handles the failures of the losers', async () => {
    const program = `
      import { Deferred, fail, race, succeed } from 'heddle/defer';
      const late = new Deferred((d) => d.errback(new Error('while cancelled')));
      race([fail(new Error('early')), succeed(1), late, fail(new Error('not looked at'))]);
    `;
    assert.deepEqual(await runProgram(program), { code: 0, stdout: '', stderr: '' });
  });
});
