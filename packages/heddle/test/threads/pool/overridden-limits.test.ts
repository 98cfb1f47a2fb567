import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runNode } from '../../support/program.ts';

const limit = { timeout: 60_000 };

const source = (resourceLimits: string): string => `
  import { getHeapStatistics } from 'node:v8';
  import { ThreadPool } from 'heddle';
  const heapLimit = () => Math.round(getHeapStatistics().heap_size_limit / 2 ** 20);
  for (let n = 0; n < 2; n++) {
    const pool = new ThreadPool({ max: 2, resourceLimits: ${resourceLimits} });
    console.log(await pool.defer(heapLimit));
    await pool.stop();
  }`;

/** The heap limits of two threads, and the warnings. */
async function run(
  resourceLimits: string,
  flags: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ heap: number[]; warnings: string[] }> {
  const { code, stdout, stderr } = await runNode(
    [...flags, '--input-type=module', '--eval', source(resourceLimits)],
    '',
    env,
  );
  assert.equal(code, 0, stderr);
  const warnings = stderr.split('\n').filter((line) => line.includes('HEDDLE_LIMIT_OVERRIDDEN'));
  return { heap: stdout.trim().split('\n').map(Number), warnings };
}

const limits = '{ maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 }';

test('limits that nothing stands before are those of the threads, and nothing is said', limit, async () => {
  const { heap, warnings } = await run(limits, []);
  assert.ok(Math.max(...heap) < 100, String(heap));
  assert.deepEqual(warnings, []);
});

for (const [how, flags, env] of [
  ['on the command line', ['--max-old-space-size=300'], {}],
  ['in NODE_OPTIONS', [], { NODE_OPTIONS: '--no-deprecation --max_old_space_size=300' }],
] as const) {
  test(`a limit that Node lets a flag ${how} override is said, once`, limit, async () => {
    const { heap, warnings } = await run(limits, flags, env);
    assert.ok(Math.min(...heap) >= 300, String(heap));
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /maxOldGenerationSizeMb \(64\) has no effect: .*--max.old.space.size=300/);
  });
}

test('the flags for the young generation and for the whole heap are noticed as well', limit, async () => {
  const young = await run(limits, ['--max-semi-space-size=64']);
  assert.ok(Math.min(...young.heap) > 100, String(young.heap));
  assert.equal(young.warnings.length, 1);
  assert.match(young.warnings[0] ?? '', /maxYoungGenerationSizeMb \(8\) .*--max-semi-space-size=64/);
  const whole = await run(limits, ['--max-heap-size=500']);
  assert.ok(Math.min(...whole.heap) >= 400, String(whole.heap));
  assert.equal(whole.warnings.length, 2);
});

test('a flag for a limit that the pool does not set is nobody’s business', limit, async () => {
  assert.deepEqual((await run('{ stackSizeMb: 2 }', ['--max-old-space-size=300'])).warnings, []);
});
