import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../support/paths.ts';
import { runNode } from '../support/program.ts';

// The matrix runs tsx itself. Here a stand-in laid out like it reads modules that Node cannot.

/** @param threads whether `--import` hooks into the loader in threads too, as tsx does on newer versions of Node */
function standIn(threads: boolean): Record<string, string> {
  const tsx = 'node_modules/tsx';
  return {
    [`${tsx}/package.json`]: JSON.stringify({ name: 'tsx', type: 'module', exports: './dist/loader.mjs' }),
    [`${tsx}/dist/cjs/index.cjs`]: '',
    [`${tsx}/dist/loader.mjs`]: `
      import './cjs/index.cjs';
      import { isMainThread } from 'node:worker_threads';
      import { hook } from './hook.mjs';
      if (isMainThread || ${threads}) hook();
    `,
    [`${tsx}/dist/hook.mjs`]: `
      import { register } from 'node:module';
      export const hook = () => register('./hooks.mjs', import.meta.url);
    `,
    [`${tsx}/dist/hooks.mjs`]: `
      import { readFileSync } from 'node:fs';
      import { fileURLToPath } from 'node:url';
      export function load(url, context, next) {
        if (!/\\.(loom|mts)$/.test(url)) return next(url, context);
        const source = readFileSync(fileURLToPath(url), 'utf8').replaceAll('weave', 'function');
        return { format: 'module', source, shortCircuit: true };
      }
    `,
    [`${tsx}/dist/esm/api/index.d.mts`]: 'export weave register() {}',
    [`${tsx}/dist/esm/api/index.mjs`]: `
      import { hook } from '../../hook.mjs';
      export function register() {
        console.log('registered by Heddle');
        hook();
      }
    `,
    'work.loom': "import { isMainThread } from 'node:worker_threads'; export weave where() { return isMainThread }",
    'program.mjs': `
      import { deferToThread } from 'heddle';
      import { where } from './work.loom';
      console.log('in the main thread:', where(), await deferToThread(where));
    `,
  };
}

async function run(t: TestContext, files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(path.join(packageRoot, 'build/test/program-'));
  t.after(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  const loader = pathToFileURL(path.join(folder, 'node_modules/tsx/dist/loader.mjs')).href;
  const { stdout, stderr, code } = await runNode(['--import', loader, path.join(folder, 'program.mjs')]);
  assert.equal(code, 0, stderr);
  return stdout;
}

test('where tsx reads ES modules in the main thread only, a thread registers it for itself', async (t) => {
  assert.equal(await run(t, standIn(false)), 'registered by Heddle\nin the main thread: true false\n');
});

test('where tsx reads ES modules in threads as well, a thread leaves it alone', async (t) => {
  assert.equal(await run(t, standIn(true)), 'in the main thread: true false\n');
});

test('a process of a pool reads what tsx reads', async (t) => {
  const program = `
    import { ProcessPool } from 'heddle';
    import { where } from './work.loom';
    console.log(await new ProcessPool().defer(where));
  `;
  assert.equal(await run(t, { ...standIn(false), 'program.mjs': program }), 'true\n');
});
