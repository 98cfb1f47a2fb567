import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../support/paths.ts';

/** The files that an entry brings, its own included. */
function filesOf(entry: string): string[] {
  const files = new Set([path.join(packageRoot, 'dist', entry)]);
  for (const file of files) {
    for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(/^(?:import|export) [^;]*?"(\.[^"]+)";$/gm)) {
      files.add(path.join(path.dirname(file), specifier));
    }
  }
  return [...files].map((file) => path.basename(file));
}

test('the whole package is imported as few files', () => {
  const files = filesOf('index.mjs');
  assert.ok(
    files.some((file) => file.startsWith('threads-')),
    `${files}`,
  );
  assert.ok(files.length <= 6, `${files}`);
});

for (const entry of ['defer/index.mjs', 'thread/index.mjs', 'threads/addressed.mjs', 'watchdog/index.mjs']) {
  test(`${entry} does not bring the pools with it`, () => {
    const files = filesOf(entry);
    assert.ok(files.length > 1, `${files}`);
    assert.ok(!files.some((file) => file.startsWith('threads-')), `${files}`);
  });
}

test('importing the package loads none of the parts of Node that few programs need', () => {
  const source = `const before = new Set(process.moduleLoadList);
    await import('heddle');
    console.log(process.moduleLoadList.filter((name) => !before.has(name)).join('\\n'));`;
  const args = ['--input-type=module', '--eval', source];
  const loaded = execFileSync(process.execPath, args, { cwd: import.meta.dirname, encoding: 'utf8' });
  // An import of `timers` brings their promises, one of `fs` streams of files, one of `util` the last two.
  const few = 'crypto|child_process|inspector|perf_hooks|timers/promises|internal/(fs/streams|mime|util/diff)';
  assert.doesNotMatch(loaded, new RegExp(` (${few})$`, 'm'));
  // That something was looked at.
  assert.match(loaded, / vm$/m);
});

test('the built files are plain text of one byte a character, which V8 keeps in half of the memory', () => {
  const dist = path.join(packageRoot, 'dist');
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => /\.[cm]js$/.test(file));
  assert.ok(files.includes(path.join('threads', 'entry', 'thread.cjs')), `${files}`);
  for (const file of files) {
    const [line] = /^.*[^\0-\xff].*$/m.exec(readFileSync(path.join(dist, file), 'utf8')) ?? [];
    assert.equal(line, undefined, file);
  }
});

test('whoever gathers the files of a program finds the parser, and where it is missing that is said', (t) => {
  const dist = path.join(packageRoot, 'dist');
  const threads = readdirSync(dist).find((file) => /^threads-.*\.mjs$/.test(file)) ?? '';
  // What Vercel's nft knows: not the call of a call.
  assert.match(
    readFileSync(path.join(dist, threads), 'utf8'),
    /const require = createRequire\(import\.meta\.url\);[^]{0,100}\brequire\("acorn"\)/,
  );
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-'));
  t.after(() => rmSync(folder, { recursive: true }));
  cpSync(dist, folder, { recursive: true });
  const source = `const { deferToThread } = await import(${JSON.stringify(pathToFileURL(path.join(folder, 'index.mjs')))});
    const by = 2;
    await deferToThread((x) => x * by, 2).catch((error) => console.log(error.code, error.message));`;
  const said = execFileSync(process.execPath, ['--input-type=module', '--eval', source], { encoding: 'utf8' });
  assert.match(said, /^HEDDLE_THREAD_ENTRY_MISSING The package acorn is not there/);
});

test('of the parser either file will do, that for require() and that for import: who gathers files may take but one', (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-'));
  t.after(() => rmSync(folder, { recursive: true }));
  cpSync(path.join(packageRoot, 'dist'), folder, { recursive: true });
  const acorn = path.dirname(createRequire(path.join(packageRoot, 'dist', 'index.mjs')).resolve('acorn/package.json'));
  for (const file of ['package.json', path.join('dist', 'acorn.mjs')]) {
    cpSync(path.join(acorn, file), path.join(folder, 'node_modules', 'acorn', file));
  }
  const source = `const { deferToThread } = await import(${JSON.stringify(pathToFileURL(path.join(folder, 'index.mjs')))});
    const by = 2;
    console.log(await deferToThread((x) => x * by, 2));`;
  const said = execFileSync(process.execPath, ['--input-type=module', '--eval', source], { encoding: 'utf8' });
  assert.equal(said, '4\n');
});
