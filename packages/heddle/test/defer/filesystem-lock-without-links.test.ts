import assert from 'node:assert/strict';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import type { DeferredFilesystemLock as Lock } from 'heddle/defer';
import { runProgram } from '../support/program.ts';

/** As Windows says it to most of its users. The library takes what it needs of Node when it is loaded. */
const withoutLinks = `
  const fs = process.getBuiltinModule('node:fs');
  fs.symlinkSync = () => {
    throw Object.assign(new Error('EPERM: operation not permitted, symlink'), { code: 'EPERM' });
  };
`;
new Function(withoutLinks)();
const { DeferredFilesystemLock } = await import('heddle/defer');

/** A lock in a folder of its own. */
function makeLock(t: TestContext): { lock: Lock; folder: string } {
  const folder = fs.mkdtempSync(path.join(tmpdir(), 'heddle-lock-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  return { lock: new DeferredFilesystemLock(path.join(folder, 'lock')), folder };
}

test('where no symbolic link can be made, a lock is a file that names its holder, and leaves nothing behind', (t) => {
  const { lock, folder } = makeLock(t);
  assert.equal(lock.lock(), true);
  assert.deepEqual(fs.readdirSync(folder), ['lock']);
  assert.match(fs.readFileSync(lock.path, 'utf8'), new RegExp(`^heddle lock of ${process.pid}:`));
  assert.equal(new DeferredFilesystemLock(lock.path).lock(), false);
  lock.unlock();
  assert.deepEqual(fs.readdirSync(folder), []);
});

test('a lock that is a link and one that is a file stand in each other’s way', async (t) => {
  const { lock } = makeLock(t);
  const other = `
    const { DeferredFilesystemLock } = await import('heddle/defer');
    console.log(new DeferredFilesystemLock(${JSON.stringify(lock.path)}).lock());
  `;
  lock.lock();
  assert.equal((await runProgram(other)).stdout, 'false\n');
  lock.unlock();
  // It dies with the lock.
  assert.equal((await runProgram(other)).stdout, 'true\n');
  assert.equal(lock.lock(), true);
  assert.equal(lock.clean, false);
});

test('a file that is no lock is left alone, and is an error, whatever it is', (t) => {
  const { lock } = makeLock(t);
  for (const text of ['precious', '', `heddle lock of ${'1'.repeat(1_000)}`]) {
    fs.writeFileSync(lock.path, text);
    assert.throws(() => lock.lock(), { code: 'HEDDLE_INVALID_ARGUMENT' });
    assert.equal(fs.readFileSync(lock.path, 'utf8'), text);
  }
  fs.rmSync(lock.path);
  fs.mkdirSync(lock.path);
  assert.throws(() => lock.lock(), { code: 'HEDDLE_INVALID_ARGUMENT' });
});

test('of processes that can make no links, some of which die with the lock, never two have it', async (t) => {
  const { lock, folder } = makeLock(t);
  const counter = path.join(folder, 'counter');
  fs.writeFileSync(counter, '0');
  const program = (times: number, end: string): string => `${withoutLinks}
    const { DeferredFilesystemLock } = await import('heddle/defer');
    const lock = new DeferredFilesystemLock(${JSON.stringify(lock.path)}, { interval: 1 });
    for (let i = 0; i < ${times}; i++) {
      await lock.deferUntilLocked();
      const before = Number(fs.readFileSync(${JSON.stringify(counter)}, 'utf8'));
      for (let turns = 0; turns < 3; turns++) await new Promise(setImmediate);
      fs.writeFileSync(${JSON.stringify(counter)}, String(before + 1));
      ${end}
    }
  `;
  const ended = await Promise.all([
    ...Array.from({ length: 2 }, () => runProgram(program(25, 'lock.unlock();'))),
    ...Array.from({ length: 2 }, () => runProgram(program(1, "process.kill(process.pid, 'SIGKILL');"))),
  ]);
  assert.deepEqual(
    ended.map(({ code, signal, stderr }) => [code ?? signal, stderr]),
    [
      [0, ''],
      [0, ''],
      ['SIGKILL', ''],
      ['SIGKILL', ''],
    ],
  );
  assert.equal(fs.readFileSync(counter, 'utf8'), '52');
});
