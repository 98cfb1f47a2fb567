import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  CancelledError,
  Deferred,
  FailureGroup,
  FirstError,
  fail,
  gatherResults,
  InvalidArgumentError,
  race,
  succeed,
} from 'heddle/defer';
import { runProgram } from '../support/program.ts';
import { errorOf, outcome } from '../support/outcome.ts';

const error = new Error('no');

suite('gatherResults', () => {
  test('fires with the values in the order of the inputs', () => {
    const a = new Deferred<number>();
    const b = new Deferred<string>();
    const all = gatherResults([a, b]);
    b.callback('b');
    assert.equal(outcome(all), 'no result yet');
    a.callback(1);
    assert.deepEqual(outcome(all), { value: [1, 'b'] });
  });

  test('of nothing fires at once with nothing', () => {
    assert.deepEqual(outcome(gatherResults([])), { value: [] });
  });

  test('passes a failure on through any number of groups', () => {
    const innermost = new Deferred<unknown>();
    let outermost = innermost;
    for (let depth = 0; depth < 20_000; depth++) outermost = gatherResults([outermost]) as Deferred<unknown>;
    innermost.errback(error);
    let cause: unknown = errorOf(outermost);
    while (cause instanceof FirstError) cause = cause.subFailure.value;
    assert.equal(cause, error);
  });

  test('takes promises among its inputs', async () => {
    assert.deepEqual(await gatherResults([succeed(1), Promise.resolve('b')]), [1, 'b']);
    await assert.rejects(gatherResults([Promise.reject(error)]), FirstError);
  });

  test('refuses an input that is neither', () => {
    const inputs = [undefined as unknown as Deferred<void>];
    assert.throws(() => gatherResults(inputs), InvalidArgumentError);
    assert.throws(() => gatherResults(inputs), /Input 0 of gatherResults\(\) is undefined/);
  });

  test('fails with the first failure and its place as soon as there is one', () => {
    const waiting = new Deferred<void>();
    const all = gatherResults([waiting, fail(error)]);
    const first = errorOf(all);
    assert.ok(first instanceof FirstError);
    assert.equal(first.subFailure.value, error);
    assert.equal(first.index, 1);
    assert.equal(waiting.called, false);
  });

  test('leaves the values with the inputs', () => {
    const a = succeed('kept');
    outcome(gatherResults([a]));
    assert.deepEqual(outcome(a), { value: 'kept' });
  });

  test('is cancelled with all its inputs, and fails with the CancelledError inside a FirstError', () => {
    const a = new Deferred<void>();
    const b = new Deferred<void>();
    const all = gatherResults([a, b]);
    all.cancel();
    const first = errorOf(all);
    assert.ok(first instanceof FirstError && first.cause instanceof CancelledError);
    assert.ok(errorOf(a) instanceof CancelledError);
    assert.ok(errorOf(b) instanceof CancelledError);
  });

  test('with cancelRest cancels the inputs without a result when one fails', () => {
    const done = succeed('done');
    const waiting = new Deferred<string>();
    const late = new Deferred<string>();
    const all = gatherResults([done, waiting, late], { cancelRest: true });
    waiting.errback(error);
    assert.ok(errorOf(late) instanceof CancelledError);
    const first = errorOf(all);
    assert.ok(first instanceof FirstError);
    assert.equal(first.cause, error);
    assert.deepEqual(outcome(done), { value: 'done' });
  });

  test('with cancelRest has cancelled the rest before its errbacks run', () => {
    const order: string[] = [];
    const failing = new Deferred<void>();
    const rest = new Deferred<void>(() => order.push('cancelled'));
    gatherResults([failing, rest], { cancelRest: true }).addErrback(() => order.push('errback'));
    failing.errback(error);
    assert.deepEqual(order, ['cancelled', 'errback']);
  });

  test('with cancelRest leaves the inputs alone where all succeed', () => {
    const a = new Deferred<number>(() => assert.fail('it was cancelled'));
    const all = gatherResults([a], { cancelRest: true });
    a.callback(1);
    assert.deepEqual(outcome(all), { value: [1] });
  });

  test('handles the failures of its inputs, but its own is reported when nobody takes it', async () => {
    const { stderr, code } = await runProgram(`
      import { Deferred, fail, gatherResults } from 'heddle/defer';
      const late = new Deferred();
      gatherResults([fail(new Error('early')), late]).addErrback(() => undefined);
      late.errback(new Error('late'));
      gatherResults([fail(new TypeError('taken by nobody'))]);
    `);
    assert.equal(stderr.match(/Unhandled failure/g)?.length, 1);
    assert.match(stderr, /FirstError: Input 0 failed: TypeError: taken by nobody/);
    assert.equal(code, 1);
  });

  test('with consumeErrors: false leaves the failures to be handled by someone else', async () => {
    const { stderr } = await runProgram(`
      import { fail, gatherResults } from 'heddle/defer';
      const all = gatherResults([fail(new Error('of the input'))], { consumeErrors: false });
      all.addErrback(() => undefined);
    `);
    assert.match(stderr, /Unhandled failure in a Deferred:\nError: of the input/);
  });
});

test('errors that cannot be made a text are passed on like others', () => {
  const bare = Object.assign(Object.create(null), { status: 500 }) as object;
  const mute = Object.assign(new Error('x'), {
    toString(): never {
      throw new Error('no text');
    },
  });
  for (const value of [bare, mute]) {
    const d = new Deferred<number>();
    const all = gatherResults([d]);
    d.errback(value);
    const failure = errorOf(all);
    assert.ok(failure instanceof FirstError);
    assert.equal(failure.subFailure.value, value);
    assert.ok(errorOf(race([fail(value)])) instanceof FailureGroup);
  }
});
