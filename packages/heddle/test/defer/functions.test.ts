import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Deferred, execute, Failure, fail, InvalidArgumentError, logError, maybeDeferred, succeed } from 'heddle/defer';
import { errorOf, outcome } from '../support/outcome.ts';

const error = new Error('no');
function throwing(thrown: unknown): never {
  throw thrown;
}

suite('maybeDeferred', () => {
  test('calls the function at once, with the arguments', () => {
    assert.deepEqual(outcome(maybeDeferred((a: number, b: number) => a + b, 1, 2)), { value: 3 });
    assert.deepEqual(outcome(maybeDeferred(() => {})), { value: undefined });
  });

  test('gives the Deferred back that the function returned', () => {
    const d = new Deferred<string>();
    assert.equal(
      maybeDeferred(() => d),
      d,
    );
  });

  test('fails where the function throws', () => {
    assert.equal(errorOf(maybeDeferred(throwing, error)), error);
    assert.deepEqual(outcome(maybeDeferred(throwing, undefined)), { error: undefined });
  });

  test('fails with the error of a Failure that the function returns or throws', () => {
    assert.equal(errorOf(maybeDeferred(() => new Failure(error))), error);
    assert.equal(errorOf(maybeDeferred(throwing, new Failure(error))), error);
  });

  test('waits for a promise that the function returns, for its value or its error', async () => {
    assert.equal(await maybeDeferred(async () => 'later'), 'later');
    await assert.rejects(
      maybeDeferred(() => Promise.reject(error)),
      error,
    );
  });

  test('takes a generator as a value, and does not run it', () => {
    const generator = (function* () {
      yield assert.fail('it ran');
    })();
    assert.deepEqual(outcome(maybeDeferred(() => generator)), { value: generator });
  });
});

suite('execute', () => {
  test('gives the value of the function, called with the arguments', () => {
    assert.deepEqual(outcome(execute(Math.max, 1, 3, 2)), { value: 3 });
  });

  test('fails where the function throws', () => {
    assert.equal(errorOf(execute(throwing, error)), error);
  });

  test('refuses a function that answers later, and names it and maybeDeferred', () => {
    function load() {
      return succeed(1);
    }
    const refusal = errorOf(execute(load));
    assert.ok(refusal instanceof InvalidArgumentError);
    assert.match(refusal.message, /^load\(\) returned a Deferred or a promise.*maybeDeferred\(\)/);
    assert.ok(errorOf(execute(async () => 1)) instanceof InvalidArgumentError);
  });
});

suite('logError', () => {
  test('writes the failure with what was being done, and passes it on', (t) => {
    const written = t.mock.method(console, 'error', () => {});
    const d = fail(error).addErrback(logError, 'While saving');
    assert.equal(written.mock.callCount(), 1);
    assert.match(String(written.mock.calls[0]?.arguments[0]), /^While saving:\nError: no\n/);
    assert.equal(errorOf(d), error);
  });

  test('says that it was a Deferred where nothing else is said', (t) => {
    const written = t.mock.method(console, 'error', () => {});
    errorOf(fail('a string').addErrback(logError));
    assert.equal(written.mock.calls[0]?.arguments[0], "Failure in a Deferred:\n'a string'");
  });
});
