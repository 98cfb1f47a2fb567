import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import { type Deferred, DeferredSemaphore, type Hold, InvalidArgumentError, NotAcquiredError } from 'heddle/defer';
import { outcome } from '../support/outcome.ts';

suite('A DeferredSemaphore', () => {
  test('lets as many in as it has tokens, and the others in the order of asking', () => {
    const semaphore = new DeferredSemaphore(2);
    const order: string[] = [];
    for (const name of ['a', 'b', 'c', 'd']) semaphore.acquire().addCallback(() => order.push(name));
    assert.deepEqual(order, ['a', 'b']);
    assert.equal(semaphore.tokens, 0);
    assert.equal(semaphore.limit, 2);
    assert.equal(semaphore.waiting, 2);
    semaphore.release();
    semaphore.release();
    assert.deepEqual(order, ['a', 'b', 'c', 'd']);
    semaphore.release();
    assert.equal(semaphore.tokens, 1);
  });

  test('needs a whole number of tokens, at least one', () => {
    for (const limit of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '2' as unknown as number]) {
      assert.throws(() => new DeferredSemaphore(limit), InvalidArgumentError);
    }
    assert.throws(() => new DeferredSemaphore(0), /whole number of tokens, at least 1, not 0/);
  });

  test('throws where more is released than was acquired', () => {
    const semaphore = new DeferredSemaphore(2);
    semaphore.acquire();
    semaphore.release();
    assert.throws(() => semaphore.release(), NotAcquiredError);
    assert.throws(() => semaphore.release(), /This DeferredSemaphore is released/);
    assert.equal(semaphore.tokens, 2);
  });

  test('runs that many functions at a time', async () => {
    const semaphore = new DeferredSemaphore(3);
    let running = 0;
    let most = 0;
    const all = Array.from({ length: 10 }, (_, n) =>
      semaphore.run(async () => {
        most = Math.max(most, ++running);
        await Promise.resolve();
        running--;
        return n;
      }),
    );
    assert.deepEqual(await Promise.all(all), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.equal(most, 3);
    assert.equal(semaphore.tokens, 3);
  });

  test('gives a free token at once to someone who asks while another is just let in', () => {
    const semaphore = new DeferredSemaphore(2);
    const first = semaphore.acquire();
    const second = semaphore.acquire();
    let asked: Deferred<Hold> | undefined;
    semaphore.acquire().addCallback(() => {
      semaphore.release(); // of `second`, which is free from here on
      asked = semaphore.acquire();
      assert.notEqual(outcome(asked), 'no result yet');
    });
    semaphore.release(); // of `first`
    assert.ok(first.called && second.called && asked?.called);
    assert.equal(semaphore.tokens, 0);
  });
});

/** What one step of a random history does; `which` chooses among the holds or the waiting. */
const steps = fc.array(
  fc.record({
    does: fc.constantFrom(
      'acquire',
      'acquire and release at once',
      'acquire and then another',
      'acquire, release and acquire again',
      'release',
      'cancel',
    ),
    which: fc.nat(),
  }),
  { maxLength: 60 },
);

suite('In any order of acquire, release and cancel, a DeferredSemaphore', () => {
  test('lets in as its model does: never too many, first come first served, nobody forgotten', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), steps, (limit, history) => {
        const semaphore = new DeferredSemaphore(limit);
        const waiting = new Map<number, Deferred<unknown>>();
        const holds = new Map<number, Hold>();
        const letIn: number[] = [];
        let asked = 0;

        // The model: a number and a list.
        let free = limit;
        let line: { id: number; manner: string }[] = [];
        const expected: number[] = [];
        let modelAsked = 0;
        const serve = (): void => {
          while (free > 0) {
            const next = line.shift();
            if (next === undefined) return;
            expected.push(next.id);
            if (!next.manner.includes('release')) free--;
            if (next.manner.includes('another') || next.manner.includes('again')) {
              line.push({ id: modelAsked++, manner: 'acquire' });
            }
          }
        };

        const acquire = (manner: string): void => {
          const id = asked++;
          const acquired = semaphore.acquire().addBoth((hold) => {
            waiting.delete(id);
            if (!('release' in hold)) return; // cancelled
            letIn.push(id);
            if (manner.includes('release')) hold.release();
            else holds.set(id, hold);
            assert.ok(holds.size <= limit, 'too many were let in');
            if (manner.includes('another') || manner.includes('again')) acquire('acquire');
          });
          if (!acquired.called) waiting.set(id, acquired);
        };

        for (const { does, which } of history) {
          if (does === 'release') {
            const id = [...holds.keys()][which % (holds.size || 1)];
            if (id === undefined) continue;
            const hold = holds.get(id);
            holds.delete(id);
            hold?.release();
            free++;
          } else if (does === 'cancel') {
            const id = [...waiting.keys()][which % (waiting.size || 1)];
            if (id === undefined) continue;
            waiting.get(id)?.cancel();
            line = line.filter((place) => place.id !== id);
          } else {
            line.push({ id: modelAsked++, manner: does });
            acquire(does);
          }
          serve();
          assert.deepEqual(letIn, expected);
          assert.equal(semaphore.tokens, free);
          assert.equal(semaphore.waiting, line.length);
          assert.deepEqual(
            [...waiting.keys()],
            line.map(({ id }) => id),
          );
        }

        for (let [first] = holds; first !== undefined; [first] = holds) {
          holds.delete(first[0]);
          first[1].release();
        }
        assert.equal(waiting.size, 0, 'somebody still waits');
        assert.equal(semaphore.tokens, limit);
      }),
    );
  });
});
