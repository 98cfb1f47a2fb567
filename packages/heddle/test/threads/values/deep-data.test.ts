import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, notify, ProcessPool, ThreadPool, UnclonableError } from 'heddle/threads';
import { add } from '../../fixtures/threads/jobs.ts';
import { answerDeep, deep, giveDeep, tellDeep, throwDeep } from '../../fixtures/threads/deep.ts';

const limit = { timeout: 60_000 };

// V8 reads less deep than it writes: from 1,600 to 4,000 levels, by Node's version and what is on the stack already.
const DEPTHS = [500, 1_300, 1_700, 2_200, 2_700, 3_200, 3_700, 5_000, 50_000];

for (const Pool of [ThreadPool, ProcessPool]) {
  test(`data of whatever depth arrives or is refused, and costs nobody a thread: ${Pool.name}`, limit, async () => {
    const pool = new Pool({ max: 1 });
    const settled = async (what: string, call: PromiseLike<unknown>): Promise<void> => {
      try {
        await call;
      } catch (error) {
        assert.ok(error instanceof UnclonableError || error instanceof RangeError, `${what}: ${String(error)}`);
      }
    };
    for (const depth of DEPTHS) {
      await settled(`a result, ${depth}`, pool.defer(giveDeep, depth));
      await settled(`arguments, ${depth}`, pool.defer(Array.isArray, deep(depth)));
      await settled(
        `what is asked with, ${depth}`,
        pool.defer(
          tellDeep,
          ask(() => true),
          depth,
        ),
      );
      await settled(`an answer, ${depth}`, pool.defer(answerDeep, ask(deep), depth));
      // What is told, nobody waits for; what cannot be, fails where it is told.
      await settled(
        `what is told, ${depth}`,
        pool.defer(
          tellDeep,
          notify(() => {}),
          depth,
        ),
      );
    }
    assert.equal(await pool.defer(add, 1, 2), 3);
    assert.equal(pool.statistics().perThread.length, 1);
    assert.equal(pool.statistics().perThread[0]?.name.endsWith('-1'), true, 'it is the first one still');
    await pool.stop();
  });

  test(`what is too deep to be sent is refused as that: ${Pool.name}`, limit, async () => {
    const pool = new Pool({ max: 1 });
    const calls = [
      pool.defer(Array.isArray, deep(50_000)),
      pool.defer(giveDeep, 50_000),
      pool.defer(answerDeep, ask(deep), 50_000),
    ];
    const tooDeep = /^UnclonableError: .* cannot be sent .*, because it is nested too deeply\. Send it flat\.$/;
    for (const call of calls) await assert.rejects(call.toPromise(), tooDeep);
    await pool.stop();
  });

  test(`what is too deep to be read where it arrives is refused as that, too: ${Pool.name}`, limit, async () => {
    const pool = new Pool({ max: 1 });
    for (const depth of DEPTHS) {
      const calls = [
        pool.defer(giveDeep, depth),
        pool.defer(Array.isArray, deep(depth)),
        pool.defer(answerDeep, ask(deep), depth),
      ];
      for (const { reason } of (await Promise.allSettled(calls)) as Partial<PromiseRejectedResult>[]) {
        if (!(reason instanceof UnclonableError)) continue;
        assert.match(reason.message, /, because it is nested too deeply\. Send it flat\.$/, `of ${depth} levels`);
      }
    }
    await pool.stop();
  });

  test(`an error arrives, whatever hangs on it and how deep that is: ${Pool.name}`, limit, async () => {
    const pool = new Pool({ max: 1 });
    for (const depth of DEPTHS) {
      await assert.rejects(pool.defer(throwDeep, depth).toPromise(), /^Error: with its data$/);
    }
    await pool.stop();
  });
}
