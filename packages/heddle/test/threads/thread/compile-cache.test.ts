import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { runNode } from '../../support/program.ts';
import { notInThisNode } from '../../support/skip.ts';

const limit = { timeout: 60_000, skip: notInThisNode('module.enableCompileCache') };

/** The folders of the compile cache in the program, in a thread and in a process. */
async function folders(first: string, env: NodeJS.ProcessEnv = {}): Promise<[string, string, string]> {
  const program = `
    import { enableCompileCache, getCompileCacheDir } from 'node:module';
    import { deferToThread, ProcessPool } from 'heddle';
    ${first}
    const folder = () => String(getCompileCacheDir());
    const pool = new ProcessPool({ max: 1 });
    console.log([folder(), await deferToThread(folder), await pool.defer(folder)].join('\\n'));
    await pool.stop();`;
  const { stdout, stderr } = await runNode(['--input-type=module', '--eval', program], '', env);
  assert.equal(stderr, '');
  return stdout.trim().split('\n') as [string, string, string];
}

async function cacheDirectory(t: TestContext): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'heddle-cache-'));
  t.after(() => rm(directory, { recursive: true }));
  return directory;
}

test('threads and processes use the compile cache that the program has enabled', limit, async (t) => {
  const directory = await cacheDirectory(t);
  const [own, threads, processes] = await folders(`enableCompileCache(${JSON.stringify(directory)});`);
  assert.ok(own.startsWith(directory + path.sep), own);
  assert.deepEqual([threads, processes], [own, own]);
});

test('threads and processes use the compile cache of the environment', limit, async (t) => {
  const directory = await cacheDirectory(t);
  const [own, threads, processes] = await folders('', { NODE_COMPILE_CACHE: directory });
  assert.ok(own.startsWith(directory + path.sep), own);
  assert.deepEqual([threads, processes], [own, own]);
});

test('threads and processes write no compile cache where the program has none', limit, async (t) => {
  assert.deepEqual(await folders(''), ['undefined', 'undefined', 'undefined']);
  const call = `enableCompileCache(${JSON.stringify(await cacheDirectory(t))});`;
  assert.deepEqual(await folders(call, { NODE_DISABLE_COMPILE_CACHE: '1' }), ['undefined', 'undefined', 'undefined']);
});
