import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { runNode } from '../support/program.ts';

const heddle = import.meta.resolve('heddle');

const PROGRAM = `
import { threadId } from 'node:worker_threads';
import { deferToThread } from ${JSON.stringify(heddle)};
import { triple } from './jobs.mjs';
export const twice = (x) => x * 2;
console.log('program runs in thread', threadId);
if (threadId === 0) console.log(await deferToThread(twice, 2), await deferToThread(triple, 2));
`;

describe('a program whose entry does nothing but import it', () => {
  const entries = {
    'import.mjs': "#!/usr/bin/env node\n// The program.\nimport 'node:http';\nimport './chunks/program.mjs';\n",
    'export.mjs': 'export { twice as default } from "./chunks/program.mjs"; /* no more */',
    'nitro.mjs':
      "globalThis._meta={url:import.meta.url};import 'node:fs';\nexport * from './chunks/program.mjs';\n//# sourceMappingURL=x.map",
    'twice.mjs': "import './import.mjs';\n",
  };

  for (const name of Object.keys(entries)) {
    test(`is not run again in a thread: ${name}`, async (t) => {
      const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'heddle-forwarded-')));
      t.after(() => rmSync(folder, { recursive: true }));
      mkdirSync(path.join(folder, 'chunks'));
      for (const [file, text] of Object.entries(entries)) writeFileSync(path.join(folder, file), text);
      writeFileSync(path.join(folder, 'chunks/program.mjs'), PROGRAM);
      // What the program imports is no part of it: its functions have addresses.
      writeFileSync(
        path.join(folder, 'chunks/jobs.mjs'),
        'let factor = 3; export const triple = (x) => x * factor; factor = 3;',
      );
      const { stdout, stderr } = await runNode([path.join(folder, name)]);
      assert.equal(stdout, 'program runs in thread 0\n4 6\n', stderr);
    });
  }
});

test('an entry that does something itself is the program, and what it imports is not', async (t) => {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'heddle-forwarded-')));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(path.join(folder, 'jobs.mjs'), 'let calls = 0; export const count = () => ++calls;');
  writeFileSync(
    path.join(folder, 'entry.mjs'),
    `import { deferToThread } from ${JSON.stringify(heddle)};
import { count } from './jobs.mjs';
console.log(await deferToThread(count), await deferToThread(count));`,
  );
  const { stdout, stderr } = await runNode([path.join(folder, 'entry.mjs')]);
  // Its module is loaded in the thread, and keeps its state there.
  assert.equal(stdout, '1 2\n', stderr);
});

test('PM2 starts the program by a file of its own', async (t) => {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'heddle-forwarded-')));
  t.after(() => rmSync(folder, { recursive: true }));
  const library = path.join(folder, 'node_modules/pm2/lib');
  mkdirSync(library, { recursive: true });
  const container = path.join(library, 'ProcessContainerFork.js');
  // What it does beside that is of no account here.
  writeFileSync(container, 'import(require("node:url").pathToFileURL(process.env.pm_exec_path).href);');
  const program = path.join(folder, 'program.mjs');
  writeFileSync(program, PROGRAM);
  writeFileSync(path.join(folder, 'jobs.mjs'), 'export const triple = (x) => x * 3;');
  const { stdout, stderr } = await runNode([container], '', { pm_exec_path: program });
  assert.equal(stdout, 'program runs in thread 0\n4 6\n', stderr);
});

test('threads that each run a program anew, which a launcher has imported, come to an end', async (t) => {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'heddle-forwarded-')));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(
    path.join(folder, 'program.mjs'),
    `import { deferToThread } from ${JSON.stringify(heddle)};
export const twice = (x) => x * 2;
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { threadId } from 'node:worker_threads';
const file = ${JSON.stringify(path.join(folder, 'refused'))};
const refused = ({ code, message }) => {
  writeFileSync(file + '.new', code + ' ' + message);
  renameSync(file + '.new', file);
};
setTimeout(() => deferToThread(twice, 2).catch(refused), 1);
// As long as a server would.
const serving = setInterval(() => {
  if (threadId > 0 || !existsSync(file)) return;
  console.log(readFileSync(file, 'utf8'));
  process.exit();
}, 10);`,
  );
  writeFileSync(path.join(folder, 'bin.mjs'), "if (process.argv.length < 99) await import('./program.mjs');");
  const { stdout, stderr, signal } = await runNode([path.join(folder, 'bin.mjs')]);
  assert.equal(signal, undefined, stderr);
  assert.match(stdout, /^HEDDLE_ENTRY_MODULE This is a thread within 7 others, .* to a module of its own\.\n/);
});
