import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { CancelledError, Deferred, DeferredLock, type Hold, NotAcquiredError, succeed } from 'heddle/defer';
import { errorOf, outcome } from '../support/outcome.ts';

/** The hold that an `acquire()` has fired with. */
function held(acquired: Deferred<Hold>): Hold {
  const found = outcome(acquired);
  assert.ok(typeof found === 'object' && 'value' in found, 'the lock is not acquired yet');
  return found.value;
}

suite('DeferredLock.acquire', () => {
  test('fires at once where the lock is free', () => {
    const lock = new DeferredLock();
    assert.equal(lock.locked, false);
    held(lock.acquire());
    assert.equal(lock.locked, true);
  });

  test('makes the others wait, and lets them in one by one in the order of asking', () => {
    const lock = new DeferredLock();
    const order: string[] = [];
    for (const name of ['a', 'b', 'c']) lock.acquire().addCallback(() => order.push(name));
    assert.deepEqual(order, ['a']);
    assert.equal(lock.waiting, 2);
    lock.release();
    assert.deepEqual(order, ['a', 'b']);
    assert.equal(lock.locked, true);
    lock.release();
    assert.deepEqual(order, ['a', 'b', 'c']);
    lock.release();
    assert.equal(lock.locked, false);
    assert.equal(lock.waiting, 0);
  });

  test('gives what it fires with a release of its own', () => {
    const lock = new DeferredLock();
    const hold = held(lock.acquire());
    assert.equal(hold.released, false);
    hold.release();
    assert.equal(hold.released, true);
    assert.equal(lock.locked, false);
  });

  test('that is cancelled while it waits leaves the line', () => {
    const lock = new DeferredLock();
    const hold = held(lock.acquire());
    const cancelled = lock.acquire();
    const next = lock.acquire();
    cancelled.cancel();
    assert.ok(errorOf(cancelled) instanceof CancelledError);
    assert.equal(lock.waiting, 1);
    hold.release();
    held(next).release();
    assert.equal(lock.locked, false);
  });

  test('that is cancelled after it has fired changes nothing', () => {
    const lock = new DeferredLock();
    const acquired = lock.acquire();
    acquired.cancel();
    assert.equal(lock.locked, true);
    held(acquired).release();
  });

  test('that somebody else has fired does not hold up those behind it', () => {
    const lock = new DeferredLock();
    const hold = held(lock.acquire());
    lock.acquire().callback(hold);
    const next = lock.acquire();
    hold.release();
    held(next);
  });

  test('gives up when its signal aborts', () => {
    const lock = new DeferredLock();
    lock.acquire();
    const controller = new AbortController();
    const waiting = lock.acquire().cancelOn(controller.signal);
    controller.abort();
    assert.ok(errorOf(waiting) instanceof CancelledError);
    assert.equal(lock.waiting, 0);
  });
});

suite('A holder that has just been let in', () => {
  test('does not get the lock again before those who waited when it releases and asks in one go', () => {
    const lock = new DeferredLock();
    const order: string[] = [];
    const hold = held(lock.acquire());
    lock.acquire().addCallback((first) => {
      order.push('first');
      first.release();
      lock.acquire().addCallback(() => order.push('first again'));
    });
    lock.acquire().addCallback((second) => {
      order.push('second');
      second.release();
    });
    hold.release();
    assert.deepEqual(order, ['first', 'second', 'first again']);
  });
});

suite('Releasing a DeferredLock', () => {
  test('that nobody has acquired throws a NotAcquiredError', () => {
    assert.throws(() => new DeferredLock().release(), {
      name: 'NotAcquiredError',
      code: 'HEDDLE_NOT_ACQUIRED',
      message: 'This DeferredLock is released, but nobody has acquired it.',
    });
  });

  test('twice by the same hold throws, and does not take it from the next holder', () => {
    const lock = new DeferredLock();
    const hold = held(lock.acquire());
    const next = lock.acquire();
    hold.release();
    assert.throws(() => hold.release(), NotAcquiredError);
    assert.equal(lock.locked, true);
    held(next).release();
  });

  test('happens by itself at the end of a block with `using` or `await using`, also when it throws', async () => {
    const lock = new DeferredLock();
    {
      using hold = await lock.acquire();
      assert.equal(lock.locked, !hold.released);
    }
    assert.equal(lock.locked, false);
    const error = new Error('no');
    await assert.rejects(async () => {
      await using hold = await lock.acquire();
      assert.equal(hold.released, false);
      throw error;
    }, error);
    assert.equal(lock.locked, false);
  });

  test('at the end of a block does nothing where the hold was released in it', () => {
    const lock = new DeferredLock();
    const hold = held(lock.acquire());
    hold.release();
    const next = held(lock.acquire());
    hold[Symbol.dispose]();
    assert.equal(lock.locked, true);
    next.release();
  });

  test('lets a line of 100,000 in without growing the stack', () => {
    const lock = new DeferredLock();
    const count = 100_000;
    const first = held(lock.acquire());
    let ran = 0;
    for (let i = 0; i < count; i++) lock.run(() => ran++);
    first.release();
    assert.equal(ran, count);
    assert.equal(lock.locked, false);
  });

  test('takes the same short time for a long line that is cancelled from the middle', () => {
    const lock = new DeferredLock();
    lock.acquire();
    const line = Array.from({ length: 100_000 }, () => lock.acquire());
    for (const acquired of line.slice(1)) acquired.cancel();
    assert.equal(lock.waiting, 1);
  });
});

suite('DeferredLock.run', () => {
  test('calls the function with its arguments under the lock and passes its value on', () => {
    const lock = new DeferredLock();
    const result = lock.run((a: number, b: number) => (lock.locked ? a + b : 0), 1, 2);
    assert.deepEqual(outcome(result), { value: 3 });
    assert.equal(lock.locked, false);
  });

  test('holds the lock until the Deferred or the promise that the function gave has ended', async () => {
    const lock = new DeferredLock();
    const work = new Deferred<string>();
    const result = lock.run(() => work);
    assert.equal(lock.locked, true);
    work.callback('done');
    assert.deepEqual(outcome(result), { value: 'done' });
    assert.equal(lock.locked, false);
    assert.equal(await lock.run(async () => 'promised'), 'promised');
    assert.equal(lock.locked, false);
  });

  test('releases the lock where the function throws or fails, and passes the error on', () => {
    const lock = new DeferredLock();
    const error = new Error('no');
    const thrown = lock.run(() => {
      throw error;
    });
    assert.equal(errorOf(thrown), error);
    const work = new Deferred<void>();
    const failed = lock.run(() => work);
    work.errback(error);
    assert.equal(errorOf(failed), error);
    assert.equal(lock.locked, false);
  });

  test('releases the lock where the function gives a promise whose own then throws, or never calls back', async () => {
    const lock = new DeferredLock();
    for (const then of [() => assert.fail('not to be called'), () => {}]) {
      const promise = Object.defineProperty(Promise.resolve('promised'), 'then', { value: then });
      assert.equal(await lock.run(() => promise), 'promised');
      assert.equal(lock.locked, false);
    }
  });

  test('calls the functions one after the other', () => {
    const lock = new DeferredLock();
    const order: string[] = [];
    const work = [new Deferred<void>(), new Deferred<void>()];
    for (const [index, each] of work.entries()) {
      lock.run(() => {
        order.push(`${index} starts`);
        return each.addCallback(() => order.push(`${index} ends`));
      });
    }
    for (const each of work) each.callback();
    assert.deepEqual(order, ['0 starts', '0 ends', '1 starts', '1 ends']);
  });

  test('that is cancelled while it waits never calls the function', () => {
    const lock = new DeferredLock();
    const hold = held(lock.acquire());
    const result = lock.run(() => assert.fail('it was called'));
    result.cancel();
    assert.ok(errorOf(result) instanceof CancelledError);
    hold.release();
    assert.equal(lock.locked, false);
  });

  test('that is cancelled while the function works cancels that, and releases the lock', () => {
    const lock = new DeferredLock();
    let cancelled = 0;
    const result = lock.run(() => new Deferred<void>(() => cancelled++));
    result.cancel();
    assert.equal(cancelled, 1);
    assert.ok(errorOf(result) instanceof CancelledError);
    assert.equal(lock.locked, false);
  });

  test('lets a free lock be taken at once from within the callback of another lock', () => {
    const outer = new DeferredLock();
    const inner = new DeferredLock();
    const hold = held(outer.acquire());
    const result = outer.run(() => inner.run(() => succeed('inside')));
    hold.release();
    assert.deepEqual(outcome(result), { value: 'inside' });
  });
});

suite('a lock is not taken from its holder', () => {
  test('by the end of a hold that release() has given back already', () => {
    const lock = new DeferredLock();
    const first = held(lock.acquire());
    const [second, third] = [lock.acquire(), lock.acquire()];
    lock.release();
    assert.ok(first.released);
    first[Symbol.dispose]();
    assert.deepEqual([second.called, third.called], [true, false]);
    assert.throws(() => first.release(), NotAcquiredError);
  });

  test('by a cancel or a timeout, where it works for a promise, which goes on', async () => {
    const lock = new DeferredLock();
    const working = new Deferred<void>();
    const entered: string[] = [];
    const one = lock.run(async () => {
      entered.push('one');
      await working.toPromise();
      throw new Error('nobody hears of it');
    });
    const two = lock.run(() => entered.push('two'));
    one.cancel();
    assert.ok(errorOf(one) instanceof CancelledError);
    assert.deepEqual(entered, ['one']);
    working.callback(undefined);
    await two;
    assert.deepEqual(entered, ['one', 'two']);
  });
});
