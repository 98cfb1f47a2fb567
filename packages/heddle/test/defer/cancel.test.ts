import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { suite, test } from 'node:test';
import { AlreadyCalledError, CancelledError, Deferred, type Failure, succeed } from 'heddle/defer';
import { pending, resultOf } from '../support/result-of.ts';

const nameOf = (failure: Failure): string => (failure.value as Error).name;
const boom = new Error('boom');

suite('cancel of a Deferred without a canceller', () => {
  test('fails it with a CancelledError', () => {
    const d = new Deferred<number>();
    d.cancel();
    const failure = resultOf(d) as Failure;
    assert.ok(failure.is(CancelledError));
    assert.equal(failure.value.code, 'ABORT_ERR');
    assert.equal(failure.value.cause, undefined);
  });

  test('puts a given cause into the error', () => {
    const d = new Deferred<number>();
    d.cancel(boom);
    assert.equal((resultOf(d) as Failure<CancelledError>).value.cause, boom);
  });

  test('swallows one late callback', () => {
    const d = new Deferred<number>().addErrback(nameOf) as Deferred<unknown>;
    d.cancel();
    d.callback(1);
    assert.equal(resultOf(d), 'CancelledError');
  });

  test('swallows one late errback', () => {
    const d = new Deferred<number>().addErrback(nameOf) as Deferred<unknown>;
    d.cancel();
    d.errback(boom);
    assert.equal(resultOf(d), 'CancelledError');
  });

  test('swallows one only: the next throws', () => {
    const d = new Deferred<number>();
    d.cancel();
    d.callback(1);
    assert.throws(() => d.callback(2), AlreadyCalledError);
    assert.throws(() => d.errback(boom), AlreadyCalledError);
  });

  test('swallows one only, however often it was cancelled', () => {
    const d = new Deferred<number>();
    d.cancel();
    d.cancel();
    d.callback(1);
    assert.throws(() => d.callback(2), AlreadyCalledError);
  });

  test('lets an errback see it and recover', () => {
    const d = new Deferred<number>().addErrback((failure) => `given up: ${failure.trap(CancelledError).name}`);
    d.cancel();
    assert.equal(resultOf(d), 'given up: CancelledError');
  });
});

suite('cancel of a Deferred with a canceller', () => {
  test('calls it with the Deferred and the reason, and fails the Deferred', () => {
    const calls: unknown[][] = [];
    const d = new Deferred<number>((...args) => void calls.push(args));
    d.cancel(boom);
    const failure = resultOf(d) as Failure<CancelledError>;
    assert.equal(calls.length, 1);
    assert.equal(calls[0]?.[0], d);
    assert.equal(calls[0]?.[1], failure.value);
    assert.equal(failure.value.cause, boom);
  });

  test('calls it once', () => {
    let calls = 0;
    const d = new Deferred<number>(() => void calls++);
    d.cancel();
    d.cancel();
    assert.equal(calls, 1);
    d.addErrback(() => 0);
  });

  test('does not swallow a late firing', () => {
    const d = new Deferred<number>(() => undefined);
    d.cancel();
    assert.throws(() => d.callback(1), AlreadyCalledError);
    assert.throws(() => d.errback(boom), AlreadyCalledError);
  });

  test('keeps the value that the canceller fires it with', () => {
    const d = new Deferred<string>((self) => self.callback('partial'));
    d.cancel();
    assert.equal(resultOf(d), 'partial');
  });

  test('keeps the error that the canceller fires it with', () => {
    const d = new Deferred<string>((self) => self.errback(boom));
    d.cancel();
    assert.equal(resultOf(d.addErrback((failure) => failure.value)), boom);
  });

  test('throws what the canceller throws and leaves the Deferred as it was', () => {
    let refuses = true;
    const d = new Deferred<number>(() => {
      if (refuses) throw boom;
    });
    assert.throws(() => d.cancel(), boom);
    assert.equal(d.called, false);
    refuses = false;
    d.cancel();
    assert.equal(resultOf(d.addErrback(nameOf)), 'CancelledError');
  });

  test('ignores a canceller that cancels the Deferred itself', () => {
    let calls = 0;
    const d = new Deferred<number>((self) => {
      calls++;
      self.cancel();
    });
    d.cancel();
    assert.equal(calls, 1);
    assert.equal(resultOf(d.addErrback(nameOf)), 'CancelledError');
  });

  test('calls it while the Deferred is paused, too', () => {
    let calls = 0;
    const d = new Deferred<number>(() => void calls++).addErrback(nameOf);
    d.pause();
    d.cancel();
    assert.equal(calls, 1);
    assert.equal(resultOf(d), pending);
    d.unpause();
    assert.equal(resultOf(d), 'CancelledError');
  });
});

suite('cancel of a Deferred that has been fired', () => {
  test('changes nothing when it has its result', () => {
    const d = new Deferred<number>(() => assert.fail('the canceller ran after the firing'));
    d.callback(1);
    d.cancel();
    assert.equal(resultOf(d), 1);
  });

  test('does not make it swallow anything', () => {
    const d = succeed(1);
    d.cancel();
    assert.throws(() => d.callback(2), AlreadyCalledError);
  });

  test('changes nothing while it is only paused', () => {
    const d = succeed(1);
    d.pause();
    d.cancel();
    d.unpause();
    assert.equal(resultOf(d), 1);
  });

  test('reaches the Deferred that its chain waits for', () => {
    const cancelled: unknown[] = [];
    const inner = new Deferred<number>((self) => void cancelled.push(self));
    const outer = succeed()
      .addCallback(() => inner)
      .addErrback(nameOf);
    outer.cancel();
    assert.deepEqual(cancelled, [inner]);
    assert.equal(resultOf(outer), 'CancelledError');
  });

  test('reaches through any number of layers, without a stack', () => {
    const layers = Array.from({ length: 100_000 }, () => new Deferred<number>());
    for (const [i, layer] of layers.entries()) layer.addCallback((n) => layers[i + 1] ?? n);
    for (const layer of layers.slice(0, -1)) layer.callback(0);
    const [outermost, innermost] = [layers[0], layers.at(-1)] as [Deferred<number>, Deferred<number>];
    outermost.cancel();
    assert.equal(innermost.called, true);
    assert.equal(resultOf(outermost.addErrback(nameOf)), 'CancelledError');
  });

  test('goes on with what the canceller of the inner Deferred fires', () => {
    const inner = new Deferred<string>((self) => self.callback('partial'));
    const outer = succeed().addCallback(() => inner);
    outer.cancel();
    assert.equal(resultOf(outer), 'partial');
  });

  test('lets the inner Deferred swallow the late firing', () => {
    const inner = new Deferred<number>();
    const outer = succeed()
      .addCallback(() => inner)
      .addErrback(nameOf);
    outer.cancel();
    inner.callback(1);
    assert.throws(() => inner.callback(2), AlreadyCalledError);
    assert.equal(resultOf(outer), 'CancelledError');
  });

  test('hits the next wait when an errback that recovers waits again', () => {
    const second = new Deferred<string>();
    const d = succeed()
      .addCallback(() => new Deferred<string>())
      .addErrback(() => second)
      .addErrback(() => 'given up');
    d.cancel();
    assert.equal(resultOf(d), pending);
    d.cancel();
    assert.equal(second.called, true);
    assert.equal(resultOf(d), 'given up');
  });

  test('does nothing from inside its own running chain', () => {
    const d = new Deferred<number>();
    d.addCallback((n) => {
      d.cancel();
      return n + 1;
    });
    d.callback(1);
    assert.equal(resultOf(d), 2);
  });
});

suite('cancelOn', () => {
  test('cancels the Deferred when the signal aborts, with its reason as the cause', () => {
    const abort = new AbortController();
    const d = new Deferred<number>().cancelOn(abort.signal);
    abort.abort(boom);
    const { value } = resultOf(d) as Failure<CancelledError>;
    assert.ok(value instanceof CancelledError);
    assert.equal(value.code, 'ABORT_ERR');
    assert.equal(value.cause, boom);
  });

  test('cancels at once where the signal has been aborted before', () => {
    const d = new Deferred<number>().cancelOn(AbortSignal.abort(boom));
    assert.equal((resultOf(d) as Failure<CancelledError>).value.cause, boom);
  });

  test('reaches the Deferred that the chain waits for', () => {
    const abort = new AbortController();
    const inner = new Deferred<number>();
    const d = succeed()
      .addCallback(() => inner)
      .cancelOn(abort.signal);
    abort.abort();
    assert.equal(inner.called, true);
    assert.equal(resultOf(d.addErrback(nameOf)), 'CancelledError');
  });

  test('covers the chain up to there: work of later callbacks is not cancelled', () => {
    const abort = new AbortController();
    const later = new Deferred<number>();
    const d = succeed(1)
      .cancelOn(abort.signal)
      .addCallback(() => later);
    abort.abort();
    assert.equal(later.called, false);
    later.callback(2);
    assert.equal(resultOf(d), 2);
  });

  test('removes its listener as soon as there is a result', () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: Parameters<AbortSignal['addEventListener']>) => {
      listeners++;
      addEventListener.apply(signal, args);
    };
    signal.removeEventListener = (...args: Parameters<AbortSignal['removeEventListener']>) => {
      listeners--;
      removeEventListener.apply(signal, args);
    };
    const d = new Deferred<number>().cancelOn(signal);
    assert.equal(listeners, 1);
    d.callback(1);
    assert.equal(listeners, 0);
    assert.equal(resultOf(d), 1);
  });

  test('passes a failure on and does not count as somebody who saw it', () => {
    const d = new Deferred<number>().cancelOn(new AbortController().signal);
    d.errback(boom);
    assert.equal(resultOf(d.addErrback((failure) => failure.value)), boom);
  });
});

test('Deferreds that are cancelled on one signal share its listener, and the last one takes it away', () => {
  const controller = new AbortController();
  const many = Array.from({ length: 100 }, () => new Deferred<number>().cancelOn(controller.signal));
  assert.equal(getEventListeners(controller.signal, 'abort').length, 1);
  for (const each of many.slice(1)) each.callback(1);
  assert.equal(getEventListeners(controller.signal, 'abort').length, 1);
  many[0]?.callback(1);
  assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
});
