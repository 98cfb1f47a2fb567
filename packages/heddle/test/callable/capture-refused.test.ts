import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { CallableError, deferToThread, ThreadPool } from 'heddle';
import { refused } from '../fixtures/callable/capture-refused.ts';
import { errorOf } from '../support/failure-of.ts';
import { packageRoot } from '../support/paths.ts';

// The compiler's source map leads there.
const file = path.join(packageRoot, 'test/fixtures/callable/capture-refused.ts');

for (const name of Object.keys(refused())) {
  test(`${name} is refused, each time it is tried`, async () => {
    for (const attempt of ['first', 'second']) {
      const { f, code, says } = refused()[name]!;
      const error = await errorOf(deferToThread(f), CallableError);
      assert.equal(error.code, code, `${attempt}: ${error.message}`);
      assert.match(error.message, says);
    }
  });
}

test('a refusal says where in the source the function is written', async () => {
  const { f } = refused()['a socket']!;
  const error = await errorOf(deferToThread(f), CallableError);
  const lines = readFileSync(file, 'utf8').split('\n');
  const line = lines.findIndex((text) => text.includes('function send'));
  const column = lines[line]!.indexOf('function send');
  assert.deepEqual(error.location, { file, line: line + 1, column: column + 1 });
  assert.ok(error.message.startsWith(`send (${file}:${line + 1}:${column + 1}) `), error.message);
});

test('a refusal comes before anything of the work is done: no argument is read, no thread has a call', async () => {
  const pool = new ThreadPool();
  let timesRead = 0;
  const argument = {
    get value() {
      timesRead += 1;
      return 1;
    },
  };
  let total = 0;
  const f = (one: { value: number }): void => {
    total += one.value;
  };
  assert.equal((await errorOf(pool.defer(f, argument), CallableError)).code, 'HEDDLE_ASSIGNS_CAPTURED');
  assert.equal(timesRead, 0);
  assert.equal(total, 0);
  // A thread may be on its way: that it starts while the function is looked for spares the first call the wait.
  assert.equal(pool.statistics().busy, 0);
  await pool.stop();
});

const early = errorOf(
  deferToThread(() => tooLate),
  CallableError,
);
const tooLate = [1];

test('a constant that is not initialised yet is refused, and captured later', async () => {
  const error = await early;
  assert.equal(error.code, 'HEDDLE_DEAD_ZONE');
  assert.match(error.message, /captures tooLate, which is not initialised yet\. Move the call below the declaration/);
  assert.deepEqual(await deferToThread(() => tooLate), [1]);
});
