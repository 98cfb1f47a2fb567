import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import {
  CancelledError,
  Deferred,
  DeferredQueue,
  InvalidArgumentError,
  QueueOverflow,
  QueueUnderflow,
} from 'heddle/defer';
import { errorOf, outcome } from '../support/outcome.ts';

suite('A DeferredQueue', () => {
  test('gives the items in the order in which they were put', () => {
    const queue = new DeferredQueue<string>();
    queue.put('a');
    queue.put('b');
    assert.equal(queue.pending, 2);
    assert.deepEqual(outcome(queue.get()), { value: 'a' });
    assert.deepEqual(outcome(queue.get()), { value: 'b' });
    assert.equal(queue.pending, 0);
  });

  test('gives each item to the one who has waited longest', () => {
    const queue = new DeferredQueue<string>();
    const first = queue.get();
    const second = queue.get();
    assert.equal(queue.waiting, 2);
    queue.put('a');
    assert.deepEqual(outcome(first), { value: 'a' });
    assert.equal(outcome(second), 'no result yet');
    queue.put('b');
    assert.deepEqual(outcome(second), { value: 'b' });
  });

  test('holds undefined as an item like any other', () => {
    const queue = new DeferredQueue<undefined>();
    queue.put(undefined);
    assert.equal(queue.pending, 1);
    assert.deepEqual(outcome(queue.get()), { value: undefined });
    assert.equal(outcome(queue.get()), 'no result yet');
  });

  test('throws a QueueOverflow when it is full, and takes more once something was taken', () => {
    const queue = new DeferredQueue<number>({ size: 1 });
    queue.put(1);
    assert.throws(() => queue.put(2), QueueOverflow);
    assert.throws(() => queue.put(2), { code: 'HEDDLE_QUEUE_OVERFLOW', message: /it holds 1 items/ });
    assert.deepEqual(outcome(queue.get()), { value: 1 });
    queue.put(3);
    assert.deepEqual(outcome(queue.get()), { value: 3 });
  });

  test('of size 0 takes an item only when somebody waits for it', () => {
    const queue = new DeferredQueue<number>({ size: 0 });
    assert.throws(() => queue.put(1), QueueOverflow);
    const taken = queue.get();
    queue.put(2);
    assert.deepEqual(outcome(taken), { value: 2 });
  });

  test('throws a QueueUnderflow when too many wait, and lets more wait once some have got theirs', () => {
    const queue = new DeferredQueue<number>({ backlog: 1 });
    queue.get();
    assert.throws(() => queue.get(), QueueUnderflow);
    assert.throws(() => queue.get(), { code: 'HEDDLE_QUEUE_UNDERFLOW', message: /1 already wait/ });
    queue.put(1);
    assert.equal(outcome(queue.get()), 'no result yet');
  });

  test('with backlog 0 gives an item only where there is one', () => {
    const queue = new DeferredQueue<number>({ backlog: 0 });
    assert.throws(() => queue.get(), QueueUnderflow);
    queue.put(1);
    assert.deepEqual(outcome(queue.get()), { value: 1 });
  });

  test('keeps the item for the next one when a get is cancelled while it waits', () => {
    const queue = new DeferredQueue<string>({ backlog: 1 });
    const cancelled = queue.get();
    cancelled.cancel();
    assert.ok(errorOf(cancelled) instanceof CancelledError);
    assert.equal(queue.waiting, 0);
    const next = queue.get();
    queue.put('a');
    assert.deepEqual(outcome(next), { value: 'a' });
  });

  test('has nothing to take back when a get is cancelled that has fired', () => {
    const queue = new DeferredQueue<string>();
    const taken = queue.get();
    queue.put('a');
    taken.cancel();
    assert.deepEqual(outcome(taken), { value: 'a' });
  });

  test('skips a waiting get that somebody else has fired', () => {
    const queue = new DeferredQueue<string>();
    queue.get().callback('from elsewhere');
    queue.put('a');
    assert.deepEqual(outcome(queue.get()), { value: 'a' });
  });

  test('refuses a Deferred as an item', () => {
    const queue = new DeferredQueue<Deferred<number>>();
    assert.throws(() => queue.put(new Deferred<number>()), InvalidArgumentError);
    assert.equal(queue.pending, 0);
  });

  test('refuses bounds that are no whole numbers of at least 0', () => {
    assert.throws(() => new DeferredQueue({ size: -1 }), InvalidArgumentError);
    assert.throws(() => new DeferredQueue({ size: -1 }), /size of a DeferredQueue must be .*, not -1/);
    assert.throws(() => new DeferredQueue({ backlog: 0.5 }), /backlog of a DeferredQueue must be .*, not 0.5/);
  });
});

const bounds = fc.record({ size: fc.nat({ max: 3 }), backlog: fc.nat({ max: 3 }) });
const steps = fc.array(fc.record({ does: fc.constantFrom('put', 'get', 'cancel'), which: fc.nat() }), {
  maxLength: 60,
});

suite('In any order of put, get and cancel, a DeferredQueue', () => {
  test('does what its model does: each item to one taker, both in their order, nothing lost', () => {
    fc.assert(
      fc.property(bounds, steps, ({ size, backlog }, history) => {
        const queue = new DeferredQueue<number>({ size, backlog });
        const waiting = new Map<number, Deferred<void>>();
        const given: [taker: number, item: number][] = [];

        // The model: two arrays, one of which is always empty.
        const items: number[] = [];
        let takers: number[] = [];
        const expected: [taker: number, item: number][] = [];

        for (const [step, { does, which }] of history.entries()) {
          if (does === 'put') {
            const taker = takers.shift();
            if (taker !== undefined) expected.push([taker, step]);
            else if (items.length < size) items.push(step);
            else {
              assert.throws(() => queue.put(step), QueueOverflow);
              continue;
            }
            queue.put(step);
          } else if (does === 'get') {
            const item = items.shift();
            if (item !== undefined) expected.push([step, item]);
            else if (takers.length < backlog) takers.push(step);
            else {
              assert.throws(() => queue.get(), QueueUnderflow);
              continue;
            }
            const taken = queue.get().addBoth((result) => {
              waiting.delete(step);
              if (typeof result === 'number') given.push([step, result]);
            });
            if (!taken.called) waiting.set(step, taken);
          } else {
            const taker = [...waiting.keys()][which % (waiting.size || 1)];
            if (taker === undefined) continue;
            waiting.get(taker)?.cancel();
            takers = takers.filter((each) => each !== taker);
          }
          assert.deepEqual(given, expected);
          assert.equal(queue.pending, items.length);
          assert.equal(queue.waiting, takers.length);
        }
        // What lies in the queue at the end still comes out, in order.
        assert.deepEqual(
          items.map(() => outcome(queue.get())),
          items.map((value) => ({ value })),
        );
      }),
    );
  });
});
