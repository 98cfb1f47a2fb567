import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { programFolder } from '../../support/program-folder.ts';
import { runNode } from '../../support/program.ts';

const heddle = import.meta.resolve('heddle');

describe('a module that is loaded before the program, and so in each thread', () => {
  const { write } = programFolder();

  before(() => {
    write('work.mjs', 'export const add = (a, b) => a + b;\n');
  });

  for (const pool of ['ThreadPool', 'ProcessPool']) {
    test(`may make calls, and makes none in threads: ${pool}`, async () => {
      const preload = write(
        `preload-${pool}.mjs`,
        `import { ${pool} } from ${JSON.stringify(heddle)};
import { add } from './work.mjs';
const pool = new ${pool}({ max: 1 });
pool.defer(add, 1, 2).addCallbacks((sum) => console.log('sum', sum), ({ value }) => console.log('refused', value.code));
`,
      );
      const program = write('program.mjs', 'console.log("program");\n');
      const { stdout, code } = await runNode(['--import', pathToFileURL(preload).href, program]);
      assert.equal(code, 0);
      const lines = stdout.trim().split('\n').sort();
      // What a thread prints may come too late for a program that ends.
      assert.deepEqual(
        lines.filter((line) => line !== 'refused HEDDLE_ENTRY_MODULE'),
        ['program', 'sum 3'],
      );
      assert.ok(lines.length <= 3, stdout);
    });
  }

  test('that waits for its call, and cannot be loaded in a thread for that, fails with what was refused there', async () => {
    const preload = write(
      'waits.mjs',
      `import { deferToThread } from ${JSON.stringify(heddle)};
import { add } from './work.mjs';
await deferToThread(add, 1, 2);
`,
    );
    const program = write('program.mjs', 'console.log("program");\n');
    const { stdout, stderr, code } = await runNode(['--import', pathToFileURL(preload).href, program]);
    assert.deepEqual([stdout, code], ['', 1]);
    assert.match(stderr, /HEDDLE_THREAD_EXIT/);
    assert.match(stderr, /HEDDLE_ENTRY_MODULE/);
  });
});
