import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Deferred, type Failure, fail, InvalidArgumentError, succeed } from 'heddle/defer';
import { errorOf } from '../support/outcome.ts';
import { pending, resultOf } from '../support/result-of.ts';

const boom = new Error('boom');

suite('a callback that returns a Deferred', () => {
  test('makes the chain wait for it', () => {
    const inner = new Deferred<number>();
    const d = succeed().addCallback(() => inner);
    assert.equal(resultOf(d), pending);
    inner.callback(3);
    assert.equal(resultOf(d), 3);
  });

  test('goes on at once where the Deferred has its result', () => {
    assert.equal(resultOf(succeed(1).addCallback((n) => succeed(n + 1))), 2);
  });

  test('fails the chain where the Deferred fails', () => {
    const d = succeed().addCallback(() => fail(boom));
    assert.equal(resultOf(d.addErrback((failure) => failure.value)), boom);
  });

  test('may be an errback: the chain recovers with what the Deferred gives', () => {
    const inner = new Deferred<string>();
    const d = fail(boom).addErrback(() => inner);
    inner.callback('mended');
    assert.equal(resultOf(d), 'mended');
  });

  test('takes the result away: the inner Deferred holds undefined afterwards', () => {
    const early = succeed(1);
    succeed().addCallback(() => early);
    assert.equal(resultOf(early), undefined);
    const late = new Deferred<number>();
    succeed().addCallback(() => late);
    late.callback(1);
    assert.equal(resultOf(late), undefined);
  });

  test('gives the result to the outer chain before callbacks added to the inner one afterwards', () => {
    const order: string[] = [];
    const inner = new Deferred<string>();
    const d = succeed().addCallback(() => inner);
    d.addCallback((text) => void order.push(`outer ${text}`));
    inner.addCallback((nothing) => void order.push(`inner ${nothing}`));
    inner.callback('result');
    assert.deepEqual(order, ['outer result', 'inner undefined']);
  });

  test('sees what callbacks added to the inner Deferred before made of the result', () => {
    const inner = new Deferred<number>().addCallback((n) => n * 2);
    const d = succeed().addCallback(() => inner);
    inner.callback(21);
    assert.equal(resultOf(d), 42);
  });

  test('waits through any number of layers', () => {
    const innermost = new Deferred<number>();
    const middle = succeed().addCallback(() => innermost);
    const outer = succeed().addCallback(() => middle);
    assert.equal(resultOf(outer), pending);
    innermost.callback(1);
    assert.equal(resultOf(outer), 1);
  });

  test('waits for a Deferred that has fired but waits or is paused itself', () => {
    const held = succeed(1);
    held.pause();
    const d = succeed().addCallback(() => held);
    assert.equal(resultOf(d), pending);
    held.unpause();
    assert.equal(resultOf(d), 1);
  });

  test('waits for the end of a chain that is just running', () => {
    const inner = new Deferred<number>();
    const outer = new Deferred<void>();
    outer.addCallback(() => inner);
    inner.addCallback((n) => {
      outer.callback();
      return n + 1;
    });
    inner.addCallback((n) => n * 10);
    inner.callback(1);
    assert.equal(resultOf(outer), 20);
  });

  test('holds the chain for callbacks that are added meanwhile', () => {
    const inner = new Deferred<number>();
    const d = succeed().addCallback(() => inner);
    const calls: number[] = [];
    d.addCallback((n) => calls.push(n));
    assert.deepEqual(calls, []);
    inner.callback(1);
    assert.deepEqual(calls, [1]);
  });

  test('lets those who wait go on first, innermost last: each to its end before the one it waited for', () => {
    const order: string[] = [];
    const a = new Deferred<string>();
    const b = succeed().addCallback(() => a);
    const c = succeed().addCallback(() => b);
    for (const [name, d] of Object.entries({ a, b, c })) d.addCallback(() => void order.push(name));
    a.callback('');
    assert.deepEqual(order, ['c', 'b', 'a']);
  });

  test('needs no stack for a chain of 100,000 Deferreds, whichever end is built first', () => {
    const first = new Deferred<number>();
    let outer: Deferred<number> = first;
    for (let i = 0; i < 100_000; i++) {
      const inner = outer;
      outer = new Deferred<void>().addCallback(() => inner);
      (outer as unknown as Deferred<void>).callback();
    }
    first.callback(1);
    assert.equal(resultOf(outer), 1);

    const layers = Array.from({ length: 100_000 }, () => new Deferred<number>());
    for (const [i, layer] of layers.entries()) layer.addCallback((n) => layers[i + 1] ?? n);
    for (const [i, layer] of layers.entries()) layer.callback(i);
    assert.equal(resultOf(layers[0] as Deferred<number>), 99_999);
  });

  test('needs no stack when each callback starts the next Deferred that has its result at hand', () => {
    const d = succeed(0);
    d.addCallback((n) => {
      for (let i = 0; i < 100_000; i++) d.addCallback((m) => succeed(m + 1));
      return n;
    });
    assert.equal(resultOf(d), 100_000);
  });

  test('fails the chain where the Deferred is the one it was added to', () => {
    const d = new Deferred<number>();
    d.addCallback(() => d as unknown as number);
    d.callback(1);
    const failure = resultOf(d) as Failure<Error>;
    assert.equal((failure.value as { code?: string }).code, 'HEDDLE_INVALID_ARGUMENT');
    assert.match(failure.value.message, /waits for/);
    d.addErrback(() => undefined);
  });

  test('fails the chain that would close a circle of Deferreds waiting for each other', () => {
    const a = new Deferred<void>();
    const b = new Deferred<void>();
    a.addCallback(() => b);
    b.addCallback(() => a);
    a.callback();
    b.callback();
    const failure = resultOf(a) as Failure<Error>;
    assert.match(failure.value.message, /waits for/);
    a.addErrback(() => undefined);
  });

  test('reports the failure only where it went', () => {
    const inner = fail(boom);
    const outer = succeed().addCallback(() => inner);
    assert.equal(resultOf(inner), undefined);
    outer.addErrback(() => undefined);
  });
});

suite('a callback that returns a promise', () => {
  test('makes the chain wait for it', async () => {
    const d = succeed(1).addCallback(async (n) => n + 1);
    assert.equal(resultOf(d), pending);
    assert.equal(await d, 2);
  });

  test('fails the chain where the promise is rejected', async () => {
    const d = succeed().addCallback(() => Promise.reject(boom));
    assert.equal(await d.addErrback((failure) => failure.value), boom);
  });

  test('may return any object with a then method, even one that calls back twice', async () => {
    const thenable = {
      // biome-ignore lint/suspicious/noThenProperty: a foreign promise is what this test is about.
      then(resolve: (n: number) => void): void {
        resolve(1);
        resolve(2);
        throw boom;
      },
    } as PromiseLike<number>;
    assert.equal(await succeed().addCallback(() => thenable), 1);
  });

  test('fails where looking for the then method throws', () => {
    const spiteful = Object.defineProperty({}, 'then', {
      get() {
        throw boom;
      },
    });
    const d = succeed().addCallback(() => spiteful);
    assert.equal(resultOf(d.addErrback((failure) => failure.value)), boom);
  });

  test('leaves the promise alone when the wait is cancelled', async () => {
    let resolve!: (n: number) => void;
    const promise = new Promise<number>((fulfil) => {
      resolve = fulfil;
    });
    const d = succeed().addCallback(() => promise);
    d.addErrback((failure) => (failure.value as Error).name);
    d.cancel();
    resolve(1);
    assert.equal(await d, 'CancelledError');
    assert.equal(await promise, 1);
  });
});

suite('chainDeferred', () => {
  test('fires the other Deferred with the value or the failure', () => {
    const other = new Deferred<number>();
    succeed(1).chainDeferred(other);
    assert.equal(resultOf(other), 1);
    const third = new Deferred<number>();
    fail(boom).chainDeferred(third);
    assert.equal(resultOf(third.addErrback((failure) => failure.value)), boom);
  });

  test('leaves undefined behind', () => {
    assert.equal(resultOf(succeed(1).chainDeferred(new Deferred<number>())), undefined);
    assert.equal(resultOf(fail(boom).chainDeferred(new Deferred<number>().addErrback(() => 0))), undefined);
  });

  test('does not pass a cancel of the other on, and the late result is swallowed', () => {
    const d = new Deferred<number>();
    const other = new Deferred<number>();
    d.chainDeferred(other);
    other.addErrback(() => 'cancelled');
    other.cancel();
    assert.equal(d.called, false);
    d.callback(1);
    assert.equal(resultOf(d), undefined);
    assert.equal(resultOf(other), 'cancelled');
  });

  test('fails this chain where the other has been fired by somebody else', () => {
    const d = succeed(1).chainDeferred(succeed(2));
    assert.equal(resultOf(d.addErrback((failure) => (failure.value as Error).name)), 'AlreadyCalledError');
  });
});

test('what runs in the other chain runs within a callback of this one', () => {
  const order: string[] = [];
  const d = new Deferred<number>();
  const other = new Deferred<number>();
  d.chainDeferred(other);
  other.addCallback(() => void d.addCallback(() => order.push('this')));
  other.addCallback(() => order.push('other'));
  d.callback(1);
  assert.deepEqual(order, ['other', 'this']);
});

suite('Deferred.fromPromise', () => {
  test('fires with what the promise settles to', async () => {
    assert.equal(await Deferred.fromPromise(Promise.resolve(1)), 1);
    await assert.rejects(Deferred.fromPromise(Promise.reject(boom)), boom);
  });

  test('takes a Deferred as well and only observes it', async () => {
    const d = succeed(1);
    assert.equal(await Deferred.fromPromise(d), 1);
    assert.equal(resultOf(d), 1);
  });
});

suite('many that wait in a line', () => {
  // Looking through the line each time, that takes a minute.
  test('each of which somebody waits for, are added without a look at all the others', { timeout: 20_000 }, () => {
    const { first, done } = line(100_000);
    first.callback(undefined);
    assert.equal(done(), 100_000);
  });

  test('cannot be closed to a circle, wherever it is tried', () => {
    for (const length of [1, 2, 3, 10]) {
      const row = Array.from({ length }, () => new Deferred<unknown>());
      const [first] = row as [Deferred<unknown>];
      first.addCallback(() => row.at(-1));
      row.forEach((d, index) => {
        if (index > 0) d.addCallback(() => row[index - 1]).callback(undefined);
      });
      first.callback(undefined);
      // The failure goes on to who waits for it.
      assert.ok(errorOf(row.at(-1) as Deferred<unknown>) instanceof InvalidArgumentError, `${length}`);
    }
  });
});

interface Line {
  readonly first: Deferred<unknown>;
  readonly done: () => number;
}

/** Each job waits for the one before, and whoever has asked for it waits for the job. */
function line(length: number): Line {
  let done = 0;
  const first = new Deferred<unknown>();
  let tail = first;
  for (let i = 0; i < length; i++) {
    const before = tail;
    const mine = new Deferred<unknown>();
    succeed()
      .addCallback(() => mine)
      .addCallback(() => void done++);
    mine.addCallback(() => before).callback(undefined);
    tail = mine;
  }
  return { first, done: () => done };
}

test('a row of 100,000 that fire one another does not grow the stack', () => {
  for (const [fire, expected] of [
    [(d: Deferred<number>) => d.callback(7), 7],
    [(d: Deferred<number>) => d.errback(boom), boom],
  ] as const) {
    const first = new Deferred<number>();
    let last = first;
    for (let n = 0; n < 100_000; n++) {
      const next = new Deferred<number>();
      last.chainDeferred(next);
      last = next;
    }
    fire(first);
    const result = expected === boom ? errorOf(last) : resultOf(last);
    assert.equal(result, expected);
  }
});
