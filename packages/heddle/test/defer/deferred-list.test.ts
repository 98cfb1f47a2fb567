import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  CancelledError,
  Deferred,
  DeferredList,
  Failure,
  FirstError,
  fail,
  InvalidArgumentError,
  succeed,
} from 'heddle/defer';
import { runProgram } from '../support/program.ts';
import { errorOf, outcome } from '../support/outcome.ts';

const error = new Error('no');

/** Three Deferreds to be fired by the test. */
function three(): [Deferred<string>, Deferred<string>, Deferred<string>] {
  return [new Deferred<string>(), new Deferred<string>(), new Deferred<string>()];
}

suite('A DeferredList', () => {
  test('fires when all have ended, with how each one did, in the order of the inputs', () => {
    const [a, b, c] = three();
    const list = new DeferredList([a, b, c]);
    c.callback('c');
    const failure = new Failure(error);
    a.errback(failure);
    assert.equal(outcome(list), 'no result yet');
    b.callback('b');
    assert.deepEqual(outcome(list), {
      value: [
        [false, failure],
        [true, 'b'],
        [true, 'c'],
      ],
    });
  });

  test('never fails, even where all inputs do', () => {
    const list = new DeferredList([fail(error), fail(error)]);
    const found = outcome(list);
    assert.ok(typeof found === 'object' && 'value' in found);
    assert.deepEqual(
      found.value.map(([success, failure]) => [success, (failure as Failure).value]),
      [
        [false, error],
        [false, error],
      ],
    );
  });

  test('of nothing fires at once with nothing', () => {
    assert.deepEqual(outcome(new DeferredList([])), { value: [] });
  });

  test('is a Deferred', () => {
    assert.ok(new DeferredList([]) instanceof Deferred);
  });

  test('takes promises among its inputs', async () => {
    const ended = await new DeferredList([succeed('a'), Promise.resolve('b'), Promise.reject(error)]);
    assert.deepEqual(
      ended.map(([success, result]) => [success, result instanceof Failure ? result.value : result]),
      [
        [true, 'a'],
        [true, 'b'],
        [false, error],
      ],
    );
  });

  test('refuses an input that is neither, names its place and leaves the others alone', () => {
    const a = new Deferred<string>();
    assert.throws(
      () => new DeferredList([a, 'text' as unknown as Deferred<string>]),
      (thrown) =>
        thrown instanceof InvalidArgumentError && /^Input 1 of a DeferredList is 'text'.*succeed/.test(thrown.message),
    );
    assert.equal(a.called, false);
  });

  test('has its own copy of the inputs', () => {
    const inputs: Deferred<string>[] = three();
    const list = new DeferredList(inputs);
    const [a, b, c] = inputs.splice(0);
    inputs.push(new Deferred<string>());
    for (const d of [a, b, c]) d?.callback('x');
    assert.deepEqual(outcome(list), {
      value: [
        [true, 'x'],
        [true, 'x'],
        [true, 'x'],
      ],
    });
  });

  test('sees what callbacks that were added before it made of the result, and not those after it', () => {
    const d = new Deferred<number>();
    const before = d.addCallback((n) => n + 1);
    const list = new DeferredList([before]);
    before.addCallback((n) => n * 100);
    d.callback(1);
    assert.deepEqual(outcome(list), { value: [[true, 2]] });
    assert.deepEqual(outcome(before), { value: 200 });
  });

  test('leaves the results with the inputs, values and failures', () => {
    const d = succeed('kept');
    const failed = fail(error);
    outcome(new DeferredList([d, failed]));
    assert.deepEqual(outcome(d), { value: 'kept' });
    assert.equal(errorOf(failed), error);
  });

  test('may have the same input twice', () => {
    const d = new Deferred<number>();
    const list = new DeferredList([d, d]);
    d.callback(1);
    assert.deepEqual(outcome(list), {
      value: [
        [true, 1],
        [true, 1],
      ],
    });
  });
});

test('A row of 20,000 DeferredLists, each of which waits for the one before, does not grow the stack', () => {
  const first = new Deferred<unknown>();
  let last = first;
  for (let i = 0; i < 20_000; i++) last = new DeferredList([last], { fireOnOneCallback: true });
  first.callback('x');
  assert.equal(last.called, true);
});

suite('A DeferredList with fireOnOneCallback', () => {
  test('fires with the first success and its place', () => {
    const [a, b, c] = three();
    const list = new DeferredList([a, b, c], { fireOnOneCallback: true });
    a.errback(error);
    assert.equal(outcome(list), 'no result yet');
    c.callback('c');
    assert.deepEqual(outcome(list), { value: ['c', 2] });
    b.callback('b');
    assert.deepEqual(outcome(list), { value: ['c', 2] });
  });

  test('fires with the first input that has succeeded already', () => {
    const list = new DeferredList([fail(error), succeed('b'), succeed('c')], { fireOnOneCallback: true });
    assert.deepEqual(outcome(list), { value: ['b', 1] });
  });

  test('fires with all the failures where none succeeds', () => {
    const failures = [new Failure(1), new Failure(2)] as const;
    const list = new DeferredList([fail(failures[0]), fail(failures[1])], { fireOnOneCallback: true });
    assert.deepEqual(outcome(list), {
      value: [
        [false, failures[0]],
        [false, failures[1]],
      ],
    });
  });

  test('and no inputs fires with no failures', () => {
    assert.deepEqual(outcome(new DeferredList([], { fireOnOneCallback: true })), { value: [] });
  });
});

suite('A DeferredList with fireOnOneErrback', () => {
  test('fails with the first failure and its place, as a FirstError', () => {
    const [a, b, c] = three();
    const list = new DeferredList([a, b, c], { fireOnOneErrback: true });
    a.callback('a');
    const failure = new Failure(error);
    b.errback(failure);
    const first = errorOf(list);
    assert.ok(first instanceof FirstError);
    assert.equal(first.subFailure, failure);
    assert.equal(first.index, 1);
    assert.equal(first.cause, error);
    assert.equal(first.code, 'HEDDLE_FIRST_ERROR');
    assert.equal(first.message, 'Input 1 failed: Error: no');
    c.errback(error);
  });

  test('fires with all entries where none fails', () => {
    const list = new DeferredList([succeed(1), succeed(2)], { fireOnOneErrback: true });
    assert.deepEqual(outcome(list), {
      value: [
        [true, 1],
        [true, 2],
      ],
    });
  });

  test('and with fireOnOneCallback fires with whatever comes first', () => {
    const both = { fireOnOneCallback: true, fireOnOneErrback: true } as const;
    assert.ok(errorOf(new DeferredList([fail(error), succeed(1)], both)) instanceof FirstError);
    assert.deepEqual(outcome(new DeferredList([succeed(1), fail(error)], both)), { value: [1, 0] });
  });

  test('and no inputs fires with nothing', () => {
    assert.deepEqual(outcome(new DeferredList([], { fireOnOneErrback: true })), { value: [] });
  });
});

suite('Cancelling a DeferredList', () => {
  test('cancels every input, and it fires as they end', () => {
    const cancelled: string[] = [];
    const list = new DeferredList([
      new Deferred<void>(() => cancelled.push('a')),
      new Deferred<string>((d) => d.callback('half')),
      succeed('already'),
    ]);
    list.cancel();
    assert.deepEqual(cancelled, ['a']);
    const found = outcome(list);
    assert.ok(typeof found === 'object' && 'value' in found);
    const [a, b, c] = found.value;
    assert.ok(a[1] instanceof Failure && a[1].is(CancelledError));
    assert.deepEqual(
      [b, c],
      [
        [true, 'half'],
        [true, 'already'],
      ],
    );
  });

  test('hands on the cause', () => {
    const d = new Deferred<void>();
    const cause = new Error('shutdown');
    new DeferredList([d]).cancel(cause);
    assert.equal((errorOf(d) as Error).cause, cause);
  });

  test('cancels the others too when a canceller throws, and logs that', (t) => {
    const logged = t.mock.method(console, 'error', () => {});
    const stubborn = new Deferred<void>(() => {
      throw error;
    });
    const other = new Deferred<void>();
    const list = new DeferredList([stubborn, other]);
    list.cancel();
    assert.ok(errorOf(other) instanceof CancelledError);
    assert.equal(logged.mock.callCount(), 1);
    assert.equal(outcome(list), 'no result yet');
    stubborn.callback();
    assert.notEqual(outcome(list), 'no result yet');
  });

  test('that waits for an early end makes it fail with the CancelledError inside a FirstError', () => {
    const list = new DeferredList([new Deferred<void>(), new Deferred<void>()], { fireOnOneErrback: true });
    list.cancel();
    const first = errorOf(list);
    assert.ok(first instanceof FirstError && first.cause instanceof CancelledError);
  });

  test('does nothing to the inputs once it has fired', () => {
    const late = new Deferred<void>();
    const list = new DeferredList([succeed(1), late], { fireOnOneCallback: true });
    list.cancel();
    assert.equal(late.called, false);
  });

  test('reaches the inputs from a chain that waits for the list', () => {
    const d = new Deferred<void>();
    const outer = succeed().addCallback(() => new DeferredList([d]));
    outer.cancel();
    assert.ok(errorOf(d) instanceof CancelledError);
    assert.notEqual(outcome(outer), 'no result yet');
  });
});

suite('The failures of the inputs of a DeferredList', () => {
  test('count as handled, also when they come after it has fired', async () => {
    const program = `
      import { Deferred, DeferredList, fail, succeed } from 'heddle/defer';
      const late = new Deferred();
      new DeferredList([fail(new Error('early')), succeed(), late], { fireOnOneCallback: true });
      late.errback(new Error('late'));
    `;
    assert.deepEqual(await runProgram(program), { code: 0, stdout: '', stderr: '' });
  });

  test('are reported with consumeErrors: false unless someone else handles them', async () => {
    const program = `
      import { DeferredList, fail } from 'heddle/defer';
      const handled = fail(new Error('handled'));
      new DeferredList([fail(new Error('seen by nobody')), handled], { consumeErrors: false });
      handled.addErrback(() => undefined);
    `;
    const { stderr, code } = await runProgram(program);
    assert.match(stderr, /Error: seen by nobody/);
    assert.doesNotMatch(stderr, /Error: handled/);
    assert.equal(code, 1);
  });

  test('are reported so too where the failure comes later and ends the list', async () => {
    const { stderr } = await runProgram(`
      import { Deferred, DeferredList } from 'heddle/defer';
      const late = new Deferred();
      const options = { consumeErrors: false, fireOnOneErrback: true };
      new DeferredList([late], options).addErrback(() => undefined);
      late.errback(new Error('late'));
    `);
    assert.match(stderr, /Unhandled failure in a Deferred:\nError: late/);
  });

  test('are not reported for a promise, which nobody else could handle here', async () => {
    const program = `
      import { DeferredList } from 'heddle/defer';
      new DeferredList([Promise.reject(new Error('no'))], { consumeErrors: false });
    `;
    assert.deepEqual(await runProgram(program), { code: 0, stdout: '', stderr: '' });
  });
});

test('an input that goes on keeps nothing of a list that has fired without it', async () => {
  const program = `
    import { Deferred, DeferredList, gatherResults, succeed } from 'heddle/defer';
    const goesOn = new Deferred();
    const one = () => {
      const result = { name: 'result' };
      new DeferredList([goesOn, succeed(result)], { fireOnOneCallback: true });
      return new WeakRef(result);
    };
    const other = () => {
      const failed = { name: 'failed' };
      gatherResults([goesOn, new Deferred().addErrback(() => {}), Deferred.fromPromise(Promise.reject(failed))]).addErrback(() => {});
      return new WeakRef(failed);
    };
    const refs = [one(), other()];
    const left = () => refs.map((ref) => ref.deref()?.name).filter((name) => name !== undefined);
    for (let round = 0; round < 200 && left().length > 0; round++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      gc();
    }
    console.log(left().join(' '), goesOn.called);
  `;
  const { code, stdout, stderr } = await runProgram(program, ['--expose-gc']);
  assert.equal(code, 0, stderr);
  assert.equal(stdout, ' false\n');
});
