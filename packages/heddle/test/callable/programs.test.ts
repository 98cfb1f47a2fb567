import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { programFile, runProgram } from './program.ts';

/** What depends on how a program is started, each in a process of its own. */

interface Outcome {
  readonly value?: unknown;
  readonly code?: string;
  readonly message?: string;
}

test('an entry module lends what it re-exports, its own functions go by their text, and it is never run again', async () => {
  assertEntryOutcomes(await runProgram([programFile('entry.js')]), 3);
});

test('an entry module named through a symbolic link is known as the entry', async (t) => {
  const folder = temporaryFolder(t);
  const link = join(folder, 'linked.mjs');
  symlinkSync(programFile('entry.js'), link);
  assertEntryOutcomes(await runProgram([link]), 3);
});

test('a CommonJS entry module is known as the entry', async () => {
  assertEntryOutcomes(await runProgram([programFile('entry-common.cjs')]), 'hey!');
});

test('a CommonJS entry module named without its extension is known as the entry', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'entry.js');
  copyFileSync(programFile('entry-by-name.cjs'), file);
  const outcomes = await runProgram([join(folder, 'entry'), programFile('outcome.js'), import.meta.resolve('heddle')]);
  assert.deepEqual(outcomes, [{ value: 1 }]);
});

test("a worker thread's own entry module is not run again either", async () => {
  assertEntryOutcomes(await runProgram([programFile('entry-worker.js')]), 3);
});

test('functions of fs.promises and dns.promises run where nothing has loaded the modules of these names', async () => {
  const outcomes = await runProgram([programFile('fs-promises.cjs')]);
  assert.deepEqual(outcomes, [{ value: true }, { value: true }, { value: 'there' }]);
});

for (const [program, what] of [
  ['still-evaluating.js', 'an ES module waits for it in a top-level await'],
  ['still-loading.js', 'a CommonJS module has not set its exports yet'],
] as const) {
  test(`a function is refused while ${what}, and runs afterwards`, async () => {
    const [early, later] = (await runProgram([programFile(program)])) as Outcome[];
    assert.equal(early?.code, 'HEDDLE_STILL_EVALUATING');
    assert.match(early?.message ?? '', /^own \(/);
    assert.deepEqual(later, { value: 1 });
  });
}

test('the time for which the loop is blocked does not count against a module that is still evaluating', async () => {
  assert.deepEqual(await runProgram([programFile('blocked-loop.js')]), [{ value: 1 }]);
});

test('without the inspector a named function, CommonJS exports and Node functions still run', async () => {
  const [major = 0] = process.versions.node.split('.').map(Number);
  const permission = major < 22 ? '--experimental-permission' : '--permission';
  const flags = [permission, '--allow-fs-read=*', '--allow-worker', '--no-warnings'];
  assertWithoutInspector(await runProgram([...flags, programFile('without-inspector.js')]));
});

// As Bun has it, in the program and in its threads; like Deno, it does not list what it has loaded either.
const UNUSABLE = `data:text/javascript,
  process.getBuiltinModule('node:inspector').Session = class {
    connect() {}
    on() {}
    off() {}
    disconnect() {}
    post() { throw new Error('requires an active inspector'); }
  };
  Object.defineProperty(process, 'moduleLoadList', { value: [] });
`;

test('with an inspector that answers nothing, what needs none runs as well', async () => {
  const preload = UNUSABLE.replaceAll(/\s+/g, ' ');
  assertWithoutInspector(await runProgram(['--no-warnings', '--import', preload, programFile('without-inspector.js')]));
});

function assertWithoutInspector(outcomes: unknown[]): void {
  const [denied, named, common, inline, builtin, ofNode, nested, many] = outcomes as Outcome[];
  assert.equal(denied?.code, 'HEDDLE_INSPECTOR_DENIED');
  assert.match(denied?.message ?? '', /^add cannot be traced .*threadFunction\(new URL\(/);
  assert.deepEqual(named, { value: 3 });
  assert.deepEqual(common, { value: 'hey!' });
  assert.equal(inline?.code, 'HEDDLE_INSPECTOR_DENIED');
  assert.deepEqual(builtin, { value: 4 });
  assert.deepEqual(ofNode, { value: '61' });
  assert.deepEqual(nested, { value: 'abab' });
  assert.deepEqual(many, { value: ['HEDDLE_INSPECTOR_DENIED'] });
}

const REPORT_ONE = `
  Promise.all([import(${JSON.stringify(import.meta.resolve('heddle'))}),
    import(${JSON.stringify(pathToFileURL(programFile('outcome.js')).href)})])
    .then(([{ deferToThread }, { report }]) => report(() => deferToThread(function typed() { return 42; })));
`;

for (const [where, args, input] of [
  ['node -e', ['-e', REPORT_ONE]],
  ['node -e with an ES module', ['--input-type=module', '-e', REPORT_ONE]],
  ['standard input', ['-'], REPORT_ONE],
] as const) {
  test(`a function typed into ${where} runs in a thread`, async () => {
    assert.deepEqual(await runProgram([...args], { input }), [{ value: 42 }]);
  });
}

const CHANGE_FOLDER = `process.chdir(require('node:os').tmpdir());${REPORT_ONE.replace('return 42', "return require.resolve.paths('./')[0]")}`;

for (const [where, args, input] of [
  ['node -e', ['-e', CHANGE_FOLDER]],
  ['standard input', ['-'], CHANGE_FOLDER],
] as const) {
  test(`a function typed into ${where} requires from where the program was started`, async () => {
    assert.deepEqual(await runProgram([...args], { input }), [{ value: process.cwd() }]);
  });
}

function assertEntryOutcomes(outcomes: unknown[], value: unknown): void {
  assert.deepEqual(outcomes, ['started', { value }, { value: 1 }]);
}

function temporaryFolder(t: { after(cleanUp: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-callable-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}
