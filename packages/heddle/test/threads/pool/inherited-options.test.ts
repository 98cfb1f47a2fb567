import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { runNode } from '../../support/program.ts';

const heddle = JSON.stringify(import.meta.resolve('heddle'));

test('what something has put into the prototype of all objects is no option of a pool, a thread or a call', async (t) => {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'heddle-inherited-')));
  t.after(() => rmSync(folder, { recursive: true }));
  const program = path.join(folder, 'program.mjs');
  writeFileSync(
    program,
    `import { ProcessPool, ThreadPool } from ${heddle};
Object.assign(Object.prototype, {
  name: 'inherited', max: 1, min: 1, maxQueue: 0, env: { INHERITED: 'yes' }, execArgv: ['--no-such-option'],
  queueTimeout: 0, runTimeout: 'none', key: 'one', onCancel: 'nothing', priority: 'high',
});
const environment = (n) => [n, process.env.INHERITED];
for (const Pool of [ThreadPool, ProcessPool]) {
  const pool = new Pool();
  console.log(pool.name, pool.min, pool.max > 1);
  const all = [1, 2].map((n) => pool.defer(environment, n));
  for (const one of all) console.log(await one);
  console.log(await pool.with({ priority: 1 }).defer(environment, 3));
  const object = pool.bind(() => ({ n: 4 }));
  console.log(await object.defer(({ n }) => n));
  console.log(await object.with({ grace: 1 }).defer(({ n }) => n + 1));
  await object[Symbol.asyncDispose]();
  for await (const item of pool.iterate(function* () { yield 6; })) console.log(item);
  await pool.stop();
}
`,
  );
  const { stdout, stderr, code } = await runNode([program]);
  const said = ['heddle 0 true', '[ 1, undefined ]', '[ 2, undefined ]', '[ 3, undefined ]', '4', '5', '6'];
  assert.deepEqual([stdout.trim().split('\n'), code], [[...said, ...said], 0], stderr);
});
