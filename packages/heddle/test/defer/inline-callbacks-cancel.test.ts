import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { CancelledError, Deferred, inlineCallbacks, succeed } from 'heddle/defer';
import { errorOf, outcome } from '../support/outcome.ts';

suite('Cancelling the Deferred of inlineCallbacks', () => {
  test('cancels the Deferred it waits for, and fails with the CancelledError', () => {
    let cancelled = 0;
    const gate = new Deferred<void>(() => cancelled++);
    const result = inlineCallbacks(function* () {
      yield* gate;
    })();
    result.cancel();
    assert.equal(cancelled, 1);
    assert.ok(errorOf(result) instanceof CancelledError);
  });

  test('hands on the cause', () => {
    const cause = new Error('the user left');
    const result = inlineCallbacks(function* () {
      yield* new Deferred<void>();
    })();
    result.cancel(cause);
    const error = errorOf(result);
    assert.ok(error instanceof CancelledError);
    assert.equal(error.cause, cause);
  });

  test('lets the generator tidy up and wait meanwhile', () => {
    const tidied = new Deferred<void>();
    const result = inlineCallbacks(function* () {
      try {
        yield* new Deferred<void>();
      } finally {
        yield* tidied;
      }
    })();
    result.cancel();
    assert.equal(result.called, false);
    tidied.callback();
    assert.ok(errorOf(result) instanceof CancelledError);
  });

  test('can be caught: the generator goes on and returns', () => {
    const next = new Deferred<string>();
    const result = inlineCallbacks(function* () {
      try {
        yield* new Deferred<string>();
      } catch (error) {
        assert.ok(error instanceof CancelledError);
      }
      return yield* next;
    })();
    result.cancel();
    assert.equal(result.called, false);
    next.callback('went on');
    assert.deepEqual(outcome(result), { value: 'went on' });
  });

  test('a second time cancels the next Deferred that it waits for', () => {
    const cancelled: string[] = [];
    const first = new Deferred<void>(() => cancelled.push('first'));
    const second = new Deferred<void>(() => cancelled.push('second'));
    const result = inlineCallbacks(function* () {
      try {
        yield* first;
      } catch {
        yield* second;
      }
    })();
    result.cancel();
    assert.deepEqual(cancelled, ['first']);
    result.cancel();
    assert.deepEqual(cancelled, ['first', 'second']);
    assert.ok(errorOf(result) instanceof CancelledError);
  });

  test('takes the value where a canceller fires the Deferred with one', () => {
    const result = inlineCallbacks(function* () {
      return yield* new Deferred<string>((d) => d.callback('half a page'));
    })();
    result.cancel();
    assert.deepEqual(outcome(result), { value: 'half a page' });
  });

  test('reaches through nested calls to the Deferred at the bottom', () => {
    let cancelled = 0;
    const bottom = new Deferred<string>(() => cancelled++);
    const inner = inlineCallbacks(function* () {
      return yield* bottom;
    });
    const outer = inlineCallbacks(function* () {
      return yield* inner();
    });
    const result = outer();
    result.cancel();
    assert.equal(cancelled, 1);
    assert.ok(errorOf(result) instanceof CancelledError);
  });

  test('is seen by the inner generator, and the outer one goes on with what that makes of it', () => {
    const inner = inlineCallbacks(function* () {
      try {
        yield* new Deferred<void>();
      } catch {
        return 'recovered';
      }
      return 'not cancelled';
    });
    const result = inlineCallbacks(function* () {
      return yield* inner();
    })();
    result.cancel();
    assert.deepEqual(outcome(result), { value: 'recovered' });
  });

  test('reaches it from a chain that waits for it', () => {
    const result = inlineCallbacks(function* () {
      try {
        yield* new Deferred<void>();
      } catch {
        return 'recovered';
      }
      return 'not cancelled';
    })();
    const outer = succeed().addCallback(() => result);
    outer.cancel();
    assert.deepEqual(outcome(outer), { value: 'recovered' });
  });

  test('gives up waiting for a promise', () => {
    const result = inlineCallbacks(function* () {
      yield new Promise(() => {});
    })();
    result.cancel();
    assert.ok(errorOf(result) instanceof CancelledError);
  });

  test('from inside the generator hits the next Deferred that it has to wait for', () => {
    const gate = new Deferred<void>();
    const steps: string[] = [];
    const result: Deferred<void> = inlineCallbacks(function* () {
      yield* gate;
      result.cancel();
      steps.push(yield* succeed('at hand'));
      yield* new Deferred<void>();
      steps.push('not reached');
    })();
    gate.callback();
    assert.ok(errorOf(result) instanceof CancelledError);
    assert.deepEqual(steps, ['at hand']);
  });

  test('from inside the generator hits one Deferred only', () => {
    const gate = new Deferred<void>();
    const last = new Deferred<string>();
    const result: Deferred<string> = inlineCallbacks(function* () {
      yield* gate;
      result.cancel();
      try {
        yield* new Deferred<void>();
      } catch {
        return yield* last;
      }
      return 'not cancelled';
    })();
    gate.callback();
    last.callback('went on');
    assert.deepEqual(outcome(result), { value: 'went on' });
  });

  test('does nothing once it has fired', () => {
    const result = inlineCallbacks(function* () {
      yield* succeed();
      return 1;
    })();
    result.cancel();
    assert.deepEqual(outcome(result), { value: 1 });
  });

  test('throws what the canceller throws, and the generator still waits', () => {
    const error = new Error('cannot be cancelled');
    const gate = new Deferred<string>(() => {
      throw error;
    });
    const result = inlineCallbacks(function* () {
      return yield* gate;
    })();
    assert.throws(() => result.cancel(), error);
    gate.callback('came all the same');
    assert.deepEqual(outcome(result), { value: 'came all the same' });
  });

  test('by a timeout ends in a TimeoutError unless the generator recovers', () => {
    let elapse = (): void => {};
    const clock = {
      callLater: (_delay: number, f: () => void) => {
        elapse = f;
        return { active: () => false, cancel: () => {} };
      },
    };
    const f = inlineCallbacks(function* (recovers: boolean) {
      try {
        yield* new Deferred<void>();
      } catch (error) {
        if (!recovers) throw error;
      }
      return 'recovered';
    });
    const timedOut = f(false).addTimeout(10, clock);
    elapse();
    assert.equal((errorOf(timedOut) as Error).name, 'TimeoutError');
    const recovered = f(true).addTimeout(10, clock);
    elapse();
    assert.deepEqual(outcome(recovered), { value: 'recovered' });
  });
});
