import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { ThreadPool } from 'heddle';
import { poolOfOne } from '../support/pools.ts';

/** Programs that take changed files out of `require.cache` and load them again, while their threads live on. */

interface Work {
  readonly plus: (n: number) => number;
  readonly made: (n: number) => number;
  readonly count: () => number;
}

test('of a CommonJS file that the program has loaded again, threads run what it is now', async (t) => {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'heddle-reloads-')));
  t.after(() => rmSync(folder, { recursive: true }));
  const require = createRequire(path.join(folder, 'program.cjs'));
  const pool = poolOfOne(t, ThreadPool);
  const write = (name: string, text: string): void => {
    writeFileSync(path.join(folder, name), text);
    delete require.cache[path.join(folder, name)];
  };
  write('factory.cjs', 'exports.adding = (step) => (n) => n + step;');
  write('kept.cjs', 'let calls = 0; exports.count = () => ++calls;');

  const answers: unknown[] = [];
  for (const step of [1, 10, 100]) {
    write('step.cjs', `exports.step = ${step};`);
    write(
      'work.cjs',
      `const { step } = require('./step.cjs');
       exports.plus = (n) => n + step;
       exports.made = require('./factory.cjs').adding(step);
       exports.count = require('./kept.cjs').count;`,
    );
    const work = require(path.join(folder, 'work.cjs')) as Work;
    answers.push([
      await pool.defer(work.plus, 1),
      await pool.defer(work.made, 1),
      await pool.defer(() => work.plus(2)),
      await pool.defer(work.count),
    ]);
  }
  assert.deepEqual(answers, [
    [2, 2, 3, 1],
    [11, 11, 12, 2],
    [101, 101, 102, 3],
  ]);
});
