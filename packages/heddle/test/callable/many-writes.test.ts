import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runProgramFile } from '../support/program.ts';

// In minified bundles, names are that short, and have another meaning in each function.
test('calls do not wait for what a program writes into other variables of the same name', async (t) => {
  const writer = 'function f() { const e = []; e.push(1); e.sort(); e[0] = 2; }';
  const source = `
    import { deferToThread } from 'heddle';
    const e = { width: 3 };
    const writers = [${`${writer},\n`.repeat(40_000)}];
    const wide = () => e.width;
    async function sumOf(calls) {
      let sum = 0;
      for (let call = 0; call < calls; call++) sum += await deferToThread(wide);
      return sum;
    }
    console.log(await sumOf(80_000));
  `;
  assert.deepEqual(await runProgramFile(t, source), { code: 0, stdout: '240000\n', stderr: '' });
});
