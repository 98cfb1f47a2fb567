import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from 'heddle/defer';
import { ask, CallableError, inThread, notify, type ThreadPool, UnclonableError } from 'heddle/threads';
import {
  askBalance,
  askFor,
  askHidden,
  callEither,
  callKept,
  countTo,
  enterByCall,
  keep,
  sorted,
} from '../../fixtures/threads/calls-out.ts';
import { askCommon } from '../../fixtures/threads/asks-other-modules.ts';
import { countOn, countTo as naturals, increase, makeCounter } from '../../fixtures/threads/in-process.ts';
import { add } from '../../fixtures/threads/jobs.ts';
import * as ledger from '../../fixtures/threads/ledger.ts';
import { errorOf } from '../../support/failure-of.ts';
import type { PoolKind } from './pool-conformance.ts';

/** What every pool promises whose threads call functions of the reactor's, and wait for none that is not done at once. */
export function testCallsFromThread<Pool extends ThreadPool>(kindName: string, kind: PoolKind<Pool>): void {
  function poolTest(name: string, body: (pool: Pool) => Promise<void>): void {
    test(`${kindName}: ${name}`, { timeout: 30_000 }, async (t) => {
      const pool = kind.make({ max: 1 });
      t.after(() => pool.stop({ deadline: 0 }));
      await body(pool);
    });
  }

  async function done<T>(pool: Pool, call: PromiseLike<T>): Promise<T> {
    kind.work(pool);
    return await call;
  }

  poolTest('a job tells what it has to tell before it ends, and is answered what it asks', async (pool) => {
    const seen: number[] = [];
    const tell = notify((n: number) => seen.push(n));
    assert.equal(await done(pool, pool.defer(countTo, 3, tell)), 3);
    assert.deepEqual(seen, [1, 2, 3]);
    assert.equal(
      await done(
        pool,
        pool.defer(
          askFor<number>,
          3,
          ask((n) => n * 2),
        ),
      ),
      6,
    );
    assert.equal(
      await done(
        pool,
        pool.defer(
          callEither,
          ask((n: number) => n * 2),
        ),
      ),
      4,
    );
  });

  poolTest('what the reactor throws is thrown in the job', async (pool) => {
    const refuse = (): never => {
      throw new RangeError('no');
    };
    const call = pool.defer(askFor<number>, 1, ask(refuse));
    kind.work(pool);
    assert.equal((await errorOf(call, RangeError)).message, 'no');
  });

  poolTest('a Failure that the reactor answers or throws is thrown in the job, as the error in it', async (pool) => {
    const answered = (n: number): number => new Failure(new RangeError(`no ${n}`)) as never;
    const thrown = (n: number): number => {
      throw new Failure(new RangeError(`no ${n}`));
    };
    for (const refuse of [answered, thrown]) {
      const call = pool.defer(askFor<number>, 1, ask(refuse));
      kind.work(pool);
      assert.equal((await errorOf(call, RangeError)).message, 'no 1');
    }
  });

  poolTest(
    'what the reactor answers and cannot send is called an answer, and not a result of the call',
    async (pool) => {
      const answers: [unknown, RegExp][] = [[{ format: () => '' }, /^answer\.format: function format cannot be sent/]];
      if (kind.lacks?.['objects of Node'] !== undefined)
        answers.push([new Blob(['four']), /^answer: Blob cannot be sent to another process/]);
      for (const [answer, message] of answers) {
        const call = pool.defer(
          askFor<number>,
          1,
          ask(() => answer as number),
        );
        kind.work(pool);
        assert.match((await errorOf(call, UnclonableError)).message, message);
      }
    },
  );

  poolTest('a function goes to the thread', async (pool) => {
    const factor = -1;
    const compare = (a: number, b: number): number => (a - b) * factor;
    assert.deepEqual(await done(pool, pool.defer(sorted<number>, [1, 3, 2], inThread(compare))), [3, 2, 1]);
  });

  poolTest('what was passed to be asked is released with its call', async (pool) => {
    await done(
      pool,
      pool.defer(
        keep,
        ask((n: number) => n),
      ),
    );
    assert.equal((await done(pool, pool.defer(callKept))).code, 'HEDDLE_JOB_ENDED');
  });

  poolTest('a loop over the items of a job may wait for other jobs of the same pool', async (pool) => {
    const sums: number[] = [];
    const loop = (async () => {
      for await (const n of pool.with({ buffer: 2 }).iterate(naturals, 9)) sums.push(await pool.defer(add, n, 10));
    })();
    await done(pool, loop);
    assert.deepEqual(sums, [11, 12, 13, 14, 15, 16, 17, 18, 19]);
  });

  poolTest('a bound object gives items one by one, and its other calls wait until it has given all', async (pool) => {
    const counter = pool.bind(makeCounter);
    const items = counter.with({ buffer: 2 }).iterate(countOn, 9);
    const seen: unknown[] = [];
    const loop = (async () => {
      let step = await items.next();
      const after = counter.defer(increase).addCallback((count) => seen.push(`then ${count}`));
      for (; !step.done; step = await items.next()) seen.push(step.value);
      seen.push(step.value);
      await after;
    })();
    await done(pool, loop);
    assert.deepEqual(seen, [1, 2, 3, 4, 5, 6, 7, 8, 9, 'all', 'then 1']);
  });

  poolTest(
    'to leave the loop over the items of a bound object ends the generator, and not the object',
    async (pool) => {
      const counter = pool.bind(makeCounter);
      assert.equal(await done(pool, counter.defer(increase)), 1);
      const loop = (async () => {
        for await (const n of counter.iterate(countOn, Number.MAX_SAFE_INTEGER)) if (n === 3) return n;
        return undefined;
      })();
      assert.equal(await done(pool, loop), 3);
      assert.equal(await done(pool, counter.defer(increase)), 1);
    },
  );

  poolTest('a function of a module is called in the reactor’s instance of it', async (pool) => {
    const before = ledger.entered.length;
    await done(pool, pool.defer(enterByCall, [5, 6]));
    while (ledger.entered.length < before + 2) await new Promise(setImmediate);
    assert.deepEqual(ledger.entered.slice(before), [5, 6]);
  });

  poolTest('a job is answered by a function of a module', async (pool) => {
    assert.equal(await done(pool, pool.defer(askBalance)), ledger.balance());
    assert.equal(await done(pool, pool.defer(askCommon, 'louder')), 'louder!');
  });

  poolTest('a function that its module does not export is not found', async (pool) => {
    const call = pool.defer(askHidden);
    kind.work(pool);
    assert.equal((await errorOf(call, CallableError)).code, 'HEDDLE_NO_SUCH_FUNCTION');
  });
}
