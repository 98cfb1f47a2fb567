import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Deferred, fail, InvalidArgumentError, succeed } from 'heddle/defer';
import { assertNoResult, failureResultOf, successResultOf } from 'heddle/testing';
import { runProgram } from '../support/program.ts';

/** The AssertionError that `f` throws, whose stack must begin in this file. */
function refusal(f: () => unknown): assert.AssertionError {
  try {
    f();
  } catch (error) {
    assert.ok(error instanceof assert.AssertionError);
    const [, first = ''] = (error.stack ?? '').slice(error.message.length).split(/\n\s+at /);
    assert.match(first, /results\.test/);
    return error;
  }
  throw new Error('nothing was thrown');
}

test('successResultOf gives the value there is, at the end of the chain', () => {
  assert.equal(successResultOf(succeed(20).addCallback((n) => n + 1)), 21);
  assert.equal(successResultOf(succeed(undefined)), undefined);
});

test('successResultOf fails the test when there is no result yet', () => {
  assert.match(
    refusal(() => successResultOf(new Deferred())).message,
    /^A value was expected.* no result yet: Deferred \{ <not fired> \}/,
  );
});

test('successResultOf fails the test when the Deferred has failed, and tells the error', () => {
  const error = new RangeError('too far');
  const refused = refusal(() => successResultOf(fail(error)));
  assert.match(refused.message, /^A value was expected, but the Deferred has failed: RangeError: too far/);
  assert.equal(refused.cause, error);
});

test('failureResultOf gives the failure there is, of a class that is expected', () => {
  const error = new RangeError('too far');
  assert.equal(failureResultOf(fail(error)).value, error);
  assert.equal(failureResultOf(fail(error), TypeError, RangeError).value, error);
});

test('failureResultOf fails the test when there is no result, a value, or another class of error', () => {
  assert.match(refusal(() => failureResultOf(new Deferred())).message, /^A failure was expected.* no result yet/);
  assert.match(
    refusal(() => failureResultOf(succeed(5))).message,
    /^A failure was expected, but the Deferred has a value: 5/,
  );
  const error = new RangeError('too far');
  const refused = refusal(() => failureResultOf(fail(error), TypeError, SyntaxError));
  assert.match(refused.message, /^A failure of TypeError or SyntaxError was expected, but it is RangeError: too far/);
  assert.equal(refused.cause, error);
});

test('assertNoResult leaves a Deferred as it is', () => {
  const d = new Deferred<number>();
  assertNoResult(d);
  assertNoResult(d);
  d.callback(5);
  assert.equal(successResultOf(d), 5);
});

test('assertNoResult fails the test when there is a result, which it leaves in place', () => {
  const d = succeed(5);
  assert.match(
    refusal(() => assertNoResult(d)).message,
    /^No result was expected yet, but the Deferred has a value: 5/,
  );
  assert.equal(successResultOf(d), 5);
  const error = new RangeError('too far');
  const refused = refusal(() => assertNoResult(fail(error)));
  assert.match(refused.message, /has failed: RangeError: too far/);
  assert.equal(refused.cause, error);
});

test('a Deferred that waits for another has no result yet', () => {
  const inner = new Deferred<number>();
  const outer = succeed(1).addCallback(() => inner);
  assertNoResult(outer);
  inner.callback(2);
  assert.equal(successResultOf(outer), 2);
});

test('a promise is refused by name: it does not tell what it has', () => {
  for (const look of [successResultOf, failureResultOf, assertNoResult]) {
    assert.throws(
      () => look(Promise.resolve(1) as unknown as Deferred<number>),
      (error: Error) =>
        error instanceof InvalidArgumentError && error.message.startsWith(`${look.name} takes a Deferred`),
    );
  }
});

test('failures that were looked at count as handled', async () => {
  const { code, stderr } = await runProgram(`
    import { fail } from 'heddle/defer';
    import { assertNoResult, failureResultOf, successResultOf } from 'heddle/testing';
    failureResultOf(fail(new Error('one')));
    for (const look of [assertNoResult, successResultOf, (d) => failureResultOf(d, TypeError)]) {
      try { look(fail(new Error('two'))); } catch {}
    }
  `);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
});
