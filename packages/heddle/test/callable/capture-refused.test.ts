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

/** What is refused, by its code, and what is not, by its value. */
async function outcomeOf(call: PromiseLike<unknown>): Promise<unknown> {
  return call.then(
    (value) => value,
    (error: unknown) => (error as { code?: unknown }).code,
  );
}

const atTop = [
  outcomeOf(deferToThread(() => lateConstant)),
  outcomeOf(deferToThread(() => lateVariable)),
  outcomeOf(deferToThread(() => undefinedConstant)),
  outcomeOf(deferToThread(() => typeof LateClass)),
  outcomeOf(deferToThread(() => functionScoped)),
];
const lateConstant = Math.abs(-5);
let lateVariable = Math.abs(-5);
const undefinedConstant: unknown = undefined;
class LateClass {}
var functionScoped: unknown = 5;

test('a variable at the top of its module is refused until it is initialised', async () => {
  assert.deepEqual(await Promise.all(atTop), [...Array<string>(4).fill('HEDDLE_DEAD_ZONE'), undefined]);
  assert.equal(await deferToThread(() => lateConstant), 5);
  assert.equal(await deferToThread(() => lateVariable), 5);
  assert.equal(await deferToThread(() => undefinedConstant), undefined);
  assert.equal(await deferToThread(() => typeof LateClass), 'function');
  assert.equal(await deferToThread(() => functionScoped), 5);
  lateVariable += 1;
});

test('a variable of a function or a block is refused until it is initialised, and not because it is undefined', async () => {
  async function ofFunction(parameter?: unknown): Promise<unknown[]> {
    const early = outcomeOf(deferToThread(() => constant));
    const usesEarly = outcomeOf(deferToThread(() => reads()));
    const whole = outcomeOf(deferToThread(() => parameter));
    // oxlint-disable-next-line no-unassigned-vars -- its value is undefined, and it is in no dead zone
    let unassigned: unknown;
    const constant = parameter;
    const reads = (): unknown => constant;
    return Promise.all([
      early,
      usesEarly,
      whole,
      outcomeOf(deferToThread(() => constant)),
      outcomeOf(deferToThread(() => unassigned)),
      outcomeOf(deferToThread(() => reads())),
    ]);
  }
  const dead = 'HEDDLE_DEAD_ZONE';
  assert.deepEqual(await ofFunction(), [dead, dead, undefined, undefined, undefined, undefined]);

  const outcomes: unknown[] = [];
  for (let round = 0; round < 2; round++) {
    const early = outcomeOf(deferToThread(() => ofBlock * 2));
    let ofBlock = round;
    // oxlint-disable-next-line no-await-in-loop -- each round has a variable of its own
    outcomes.push(await early, await deferToThread(() => ofBlock * 2));
    ofBlock += 1;
  }
  assert.deepEqual(outcomes, [dead, 0, dead, 2]);
});
