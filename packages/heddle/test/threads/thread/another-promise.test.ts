// zone.js and bluebird put a class of their own in the place of Promise. What an async function gives is no instance of it.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { programFolder } from '../../support/program-folder.ts';
import { runNode } from '../../support/program.ts';

const heddle = import.meta.resolve('heddle');

describe('where another class is in the place of Promise, in the program and in its threads', () => {
  const { write } = programFolder();
  let preload = '';

  before(() => {
    preload = pathToFileURL(write('another.mjs', 'globalThis.Promise = class Another extends Promise {};\n')).href;
    write('add.mjs', 'export const add = (a, b) => a + b;\n');
    write('double.mjs', 'export const double = async (n) => 2 * n;\n');
    write('main-only.mjs', 'export let asked = 0;\nexport function answer(n) {\n  asked++;\n  return n + asked;\n}\n');
    write(
      'asks.mjs',
      `import { blockingCallFromThread } from ${JSON.stringify(import.meta.resolve('heddle/thread'))};
import { answer } from './main-only.mjs';
export const asks = (n) => blockingCallFromThread(answer, n);
`,
    );
  });

  for (const pool of ['ThreadPool', 'ProcessPool']) {
    test(`functions are found and loaded: ${pool}`, async () => {
      const program = write(
        `program-${pool}.mjs`,
        `import { inThread, ${pool} } from ${JSON.stringify(heddle)};
import { add } from './add.mjs';
import { asks } from './asks.mjs';
import { double } from './double.mjs';
const pool = new ${pool}({ max: 1 });
const outcome = (call) => call.then((value) => value, (error) => error.message);
console.log(await outcome(pool.defer(add, 1, 2)));
console.log(await outcome(pool.defer(async (n) => add(await double(n), 1), 3)));
console.log(await outcome(pool.defer((f) => f(4, 4), inThread(add))));
console.log(await outcome(pool.defer(asks, 8)));
await pool.stop();
`,
      );
      const { stdout, code } = await runNode(['--import', preload, program]);
      assert.deepEqual([stdout.split('\n'), code], [['3', '7', '8', '9', ''], 0]);
    });
  }
});
