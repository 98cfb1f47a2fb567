import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { AlreadyCalledError, Deferred, Failure, fail, InvalidArgumentError, succeed } from 'heddle/defer';
import { pending, resultOf } from '../support/result-of.ts';

const boom = new Error('boom');

suite('a chain of callbacks', () => {
  test('does nothing before the Deferred is fired', () => {
    const calls: unknown[] = [];
    new Deferred<number>().addCallback((n) => calls.push(n));
    assert.deepEqual(calls, []);
  });

  test('runs before callback() returns', () => {
    const calls: number[] = [];
    const d = new Deferred<number>();
    d.addCallback((n) => calls.push(n));
    d.callback(7);
    assert.deepEqual(calls, [7]);
  });

  test('runs callbacks in the order in which they were added', () => {
    const order: string[] = [];
    const d = new Deferred<void>();
    for (const name of ['a', 'b', 'c']) d.addCallback(() => void order.push(name));
    d.callback();
    assert.deepEqual(order, ['a', 'b', 'c']);
  });

  test('hands what a callback returns to the next one', () => {
    const d = new Deferred<number>();
    d.addCallback((n) => n + 1).addCallback((n) => `<${n}>`);
    d.callback(1);
    assert.equal(resultOf(d), '<2>');
  });

  test('runs a late callback at once', () => {
    const calls: number[] = [];
    succeed(5).addCallback((n) => calls.push(n));
    assert.deepEqual(calls, [5]);
  });

  test('runs a late errback at once', () => {
    const calls: unknown[] = [];
    fail(boom).addErrback((failure) => void calls.push(failure.value));
    assert.deepEqual(calls, [boom]);
  });

  test('runs callbacks of a Deferred fired with undefined', () => {
    assert.equal(resultOf(succeed().addCallback((nothing) => typeof nothing)), 'undefined');
  });

  test('changes the Deferred in place: every addCallback returns the same object', () => {
    const d = new Deferred<number>();
    const same: unknown[] = [
      d.addCallback((n) => n),
      d.addErrback(() => 0),
      d.addBoth(() => 1),
      d.addCallbacks((n) => n),
      d.chainDeferred(new Deferred<number>()),
      d.addTimeout(Number.POSITIVE_INFINITY),
    ];
    assert.ok(same.every((other) => other === d));
  });

  test('turns a thrown error into a failure for the next errback', () => {
    const d = succeed(1).addCallback((): number => {
      throw boom;
    });
    assert.equal(resultOf(d.addErrback((failure) => failure.value)), boom);
  });

  test('treats a returned Failure like a thrown error', () => {
    const d = succeed(1).addCallback(() => new Failure(boom));
    assert.equal(resultOf(d.addErrback((failure) => failure.value)), boom);
  });

  test('treats a thrown Failure like a returned one, without wrapping it again', () => {
    const failure = new Failure(boom);
    const d = succeed(1).addCallback(() => {
      throw failure;
    });
    assert.equal(Array.isArray(resultOf(d.addErrback((seen) => [seen]))), true);
    const e = succeed(1).addCallback(() => {
      throw failure;
    });
    let seen: unknown;
    e.addErrback((f) => {
      seen = f;
    });
    assert.equal(seen, failure);
  });

  test('passes callbacks by while the result is a failure', () => {
    const d = fail(boom).addCallback(() => assert.fail('a callback ran on a failure'));
    assert.equal(resultOf(d.addErrback((failure) => failure.value)), boom);
  });

  test('passes errbacks by while the result is a value', () => {
    const d = succeed(3).addErrback(() => assert.fail('an errback ran on a value'));
    assert.equal(resultOf(d), 3);
  });

  test('goes on with callbacks after an errback returned a value', () => {
    const d = fail(boom)
      .addErrback(() => 'mended')
      .addCallback((text) => `${text}!`);
    assert.equal(resultOf(d), 'mended!');
  });

  test('goes on with errbacks after an errback threw', () => {
    const worse = new Error('worse');
    const d = fail(boom).addErrback(() => {
      throw worse;
    });
    assert.equal(resultOf(d.addErrback((failure) => failure.value)), worse);
  });

  test('keeps anything that is thrown as it is, undefined and null included', () => {
    for (const thrown of [undefined, null, 'text', 0]) {
      const d = succeed(1).addCallback(() => {
        throw thrown;
      });
      assert.deepEqual(resultOf(d.addErrback((failure) => ({ thrown: failure.value }))), { thrown });
    }
  });

  test('gives addBoth either result', () => {
    assert.equal(resultOf(succeed(1).addBoth((result) => result)), 1);
    assert.equal(resultOf(fail(boom).addBoth((result) => (result as Failure).value)), boom);
  });

  test('runs exactly one of the two functions of addCallbacks', () => {
    const ran = (d: Deferred<number>): unknown =>
      resultOf(
        d.addCallbacks(
          () => 'callback',
          () => 'errback',
        ),
      );
    assert.equal(ran(succeed(1)), 'callback');
    assert.equal(ran(fail(boom)), 'errback');
  });

  test('does not show the errback of a pair what its own callback throws', () => {
    const d = succeed(1).addCallbacks(
      () => {
        throw boom;
      },
      () => 'caught',
    );
    assert.equal(resultOf(d.addErrback((failure) => failure.value)), boom);
  });

  test('lets the result pass where addCallbacks has no function for it', () => {
    assert.equal(resultOf(succeed(1).addCallbacks(undefined, () => 'unused')), 1);
    const failed = fail(boom).addCallbacks(() => 'unused');
    assert.equal(resultOf(failed.addErrback((failure) => failure.value)), boom);
  });

  test('passes extra arguments on after the result', () => {
    const list = (...all: unknown[]): unknown[] => all;
    assert.deepEqual(resultOf(succeed(1).addCallback(list, 2, 3)), [1, 2, 3]);
    assert.deepEqual(resultOf(succeed(1).addBoth(list, 'b')), [1, 'b']);
    assert.deepEqual(resultOf(succeed(1).addCallbacks(list, list, ['v'], ['f'])), [1, 'v']);
    const failed = fail(boom).addCallbacks(list, (failure, ...more) => [failure.value, ...more], ['v'], ['f', 'g']);
    assert.deepEqual(resultOf(failed), [boom, 'f', 'g']);
    assert.deepEqual(resultOf(fail(boom).addErrback((failure, more) => [failure.value, more], 'e')), [boom, 'e']);
  });

  test('passes extra arguments on when the Deferred fires later, too', () => {
    const d = new Deferred<number>();
    d.addCallback((n, factor: number) => n * factor, 6);
    d.callback(7);
    assert.equal(resultOf(d), 42);
  });

  test('puts a callback that a running callback adds at the end, and runs it after that one returned', () => {
    const order: string[] = [];
    const d = new Deferred<void>();
    d.addCallback(() => {
      d.addCallback(() => void order.push('added'));
      order.push('first');
    });
    d.addCallback(() => void order.push('second'));
    d.callback();
    assert.deepEqual(order, ['first', 'second', 'added']);
  });

  test('does the same when the running callback was itself added late', () => {
    const order: string[] = [];
    const d = succeed();
    d.addCallback(() => {
      d.addCallback(() => void order.push('inner'));
      order.push('outer');
    });
    assert.deepEqual(order, ['outer', 'inner']);
  });

  test('hands a late callback what the one that added it returned', () => {
    const d = new Deferred<number>();
    d.addCallback((n) => {
      d.addCallback((m) => m * 10);
      return n + 1;
    });
    d.callback(1);
    assert.equal(resultOf(d), 20);
  });

  test('needs no stack for 100,000 callbacks', () => {
    const d = new Deferred<number>();
    for (let i = 0; i < 100_000; i++) d.addCallback((n) => n + 1);
    d.callback(0);
    assert.equal(resultOf(d), 100_000);
  });

  test('refuses a callback that is not a function, at the place that adds it', () => {
    const d = new Deferred<number>() as unknown as Record<string, (f: unknown) => void>;
    for (const method of ['addCallback', 'addErrback', 'addBoth', 'addCallbacks']) {
      assert.throws(() => d[method]?.('not a function'), {
        name: 'InvalidArgumentError',
        code: 'HEDDLE_INVALID_ARGUMENT',
        message: /must be a function, not 'not a function'/,
      });
    }
  });
});

suite('firing', () => {
  test('fires once: a second callback() or errback() throws AlreadyCalledError', () => {
    for (const first of [(d: Deferred<number>) => d.callback(1), (d: Deferred<number>) => d.errback(boom)]) {
      const d = new Deferred<number>();
      first(d);
      d.addErrback(() => 0);
      assert.throws(() => d.callback(2), AlreadyCalledError);
      assert.throws(() => d.errback(boom), { code: 'HEDDLE_ALREADY_CALLED' });
    }
  });

  test('keeps its first result when it is fired again', () => {
    const d = succeed(1);
    assert.throws(() => d.callback(2), AlreadyCalledError);
    assert.equal(resultOf(d), 1);
  });

  test('throws at whoever fires a Deferred again from inside its own chain', () => {
    const d = new Deferred<number>();
    let thrown: unknown;
    d.addCallback((n) => {
      try {
        d.callback(2);
      } catch (error) {
        thrown = error;
      }
      return n;
    });
    d.callback(1);
    assert.ok(thrown instanceof AlreadyCalledError);
    assert.equal(resultOf(d), 1);
  });

  test('is an error when callback() gets a Failure', () => {
    const d = new Deferred<unknown>();
    d.callback(new Failure(boom));
    assert.equal(resultOf(d.addErrback((failure) => failure.value)), boom);
  });

  test('wraps what errback() gets, but not a Failure', () => {
    const failure = new Failure(boom);
    const seen: Failure[] = [];
    const d = new Deferred<never>();
    d.errback(failure);
    d.addErrback((f) => void seen.push(f));
    assert.equal(seen[0], failure);
    fail('text').addErrback((f) => void seen.push(f));
    assert.equal(seen[1]?.value, 'text');
  });

  test('refuses a Deferred as the result and names chainDeferred', () => {
    const inner = new Deferred<number>();
    const wrong = { code: 'HEDDLE_INVALID_ARGUMENT', message: /chainDeferred/ };
    assert.throws(() => new Deferred<unknown>().callback(inner), wrong);
    assert.throws(() => succeed(inner), InvalidArgumentError);
  });

  test('tells by called whether it happened, although the chain may still wait', () => {
    const d = new Deferred<number>();
    assert.equal(d.called, false);
    d.addCallback(() => new Deferred<number>());
    d.callback(1);
    assert.equal(d.called, true);
    assert.equal(resultOf(d), pending);
  });

  test('leaves no trace of earlier results in a chain that has gone on', () => {
    const d = succeed(1).addCallback(() => undefined);
    assert.equal(resultOf(d), undefined);
  });
});
