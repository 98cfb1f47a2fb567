import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { suite, test } from 'node:test';
import { Deferred, fail, succeed } from 'heddle/defer';

const storage = new AsyncLocalStorage<string>();

suite('AsyncLocalStorage in a callback', () => {
  test('is that of the place that added it, not of the place that fires', () => {
    const seen: unknown[] = [];
    const note = (): void => void seen.push(storage.getStore());
    const d = new Deferred<void>();
    storage.run('a', () => d.addCallback(note));
    storage.run('b', () => d.addCallback(note));
    d.addCallback(note);
    storage.run('firing', () => d.callback());
    assert.deepEqual(seen, ['a', 'b', undefined]);
  });

  test('is that of the place for errbacks and addBoth, too', () => {
    const seen: unknown[] = [];
    const d = new Deferred<void>();
    storage.run('errback', () => d.addErrback(() => void seen.push(storage.getStore())));
    storage.run('both', () => d.addBoth(() => void seen.push(storage.getStore())));
    storage.run('firing', () => d.errback(new Error('boom')));
    assert.deepEqual(seen, ['errback', 'both']);
  });

  test('is that of the place when the callback runs at once', () => {
    const seen: unknown[] = [];
    const d = succeed();
    storage.run('late', () => d.addCallback(() => void seen.push(storage.getStore())));
    assert.deepEqual(seen, ['late']);
  });

  test('is that of the place after a wait for another Deferred or a promise', async () => {
    const seen: unknown[] = [];
    const inner = new Deferred<void>();
    const d = storage.run('outer', () =>
      succeed()
        .addCallback(() => inner)
        .addCallback(() => void seen.push(storage.getStore()))
        .addCallback(() => Promise.resolve())
        .addCallback(() => void seen.push(storage.getStore())),
    );
    storage.run('inner', () => inner.callback());
    await d;
    assert.deepEqual(seen, ['outer', 'outer']);
  });

  test('of the firing place is current again when callback() returns', () => {
    const d = new Deferred<void>();
    storage.run('adding', () => d.addCallback(() => undefined));
    storage.run('firing', () => {
      d.callback();
      assert.equal(storage.getStore(), 'firing');
    });
  });

  test('is current again after a callback threw', () => {
    const d = new Deferred<void>();
    storage.run('adding', () =>
      d.addCallback(() => {
        throw new Error('boom');
      }),
    );
    d.addErrback(() => undefined);
    storage.run('firing', () => {
      d.callback();
      assert.equal(storage.getStore(), 'firing');
    });
  });

  test('of an awaiting function is kept', async () => {
    const d = new Deferred<void>();
    const waiting = storage.run('waiting', async () => {
      await d;
      return storage.getStore();
    });
    storage.run('firing', () => d.callback());
    assert.equal(await waiting, 'waiting');
    await assert.rejects(storage.run('x', async () => await fail(new Error('boom'))));
  });
});
