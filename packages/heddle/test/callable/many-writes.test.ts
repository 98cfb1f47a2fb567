import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runProgramFile } from '../support/program.ts';

// In minified bundles, names are that short, and have another meaning in each function.
test('calls do not wait for what a program writes into other variables of the same name', async (t) => {
  const writers = Array.from(
    { length: 40_000 },
    (_, index) => `function f${index}(){const e=[];e.push(1);e.sort();e[0]=2}`,
  );
  const source = `
    import { deferToThread } from 'heddle';
    const e = { width: 3 };
    ${writers.join('\n')}
    const wide = () => e.width;
    let sum = 0;
    for (let call = 0; call < 40_000; call++) sum += await deferToThread(wide);
    console.log(sum);
  `;
  assert.deepEqual(await runProgramFile(t, source), { code: 0, stdout: '120000\n', stderr: '' });
});
