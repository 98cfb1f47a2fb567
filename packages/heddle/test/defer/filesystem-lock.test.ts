import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import {
  AlreadyTryingToLockError,
  CancelledError,
  DeferredFilesystemLock,
  InvalidArgumentError,
  NotAcquiredError,
  TimeoutError,
} from 'heddle/defer';
import { assertNoResult, Clock, failureResultOf, successResultOf } from 'heddle/testing';
import { runProgram } from '../support/program.ts';
import { WatchedProgram } from '../support/watched-program.ts';

const skip = process.platform === 'win32' ? 'Windows lets few users make symbolic links' : false;
const linux = process.platform === 'linux' ? false : 'only Linux tells when a process began';

/** A path for a lock file in a folder of its own. */
function lockPath(t: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-lock-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return path.join(folder, 'lock');
}

/** The id of a process that was there and is not any more. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid as number;
}

describe('in one process', { skip }, () => {
  test('a lock is a symbolic link that names its holder, and is gone when it is unlocked', (t) => {
    const lock = new DeferredFilesystemLock(lockPath(t));
    assert.equal(lock.locked, false);
    assert.equal(lock.lock(), true);
    assert.deepEqual([lock.locked, lock.clean], [true, true]);
    assert.equal(lstatSync(lock.path).isSymbolicLink(), true);
    lock.unlock();
    assert.equal(lock.locked, false);
    assert.deepEqual(readdirSync(path.dirname(lock.path)), []);
  });

  test('a program that goes to another folder keeps its lock, unlocks it and waits for the same one', async (t) => {
    const folder = path.dirname(lockPath(t));
    const { stdout, stderr } = await runProgram(`
      import { mkdirSync, readdirSync } from 'node:fs';
      import { DeferredFilesystemLock } from 'heddle/defer';
      import { Clock } from 'heddle/testing';
      const folder = ${JSON.stringify(folder)};
      process.chdir(folder);
      mkdirSync('elsewhere');
      const files = () => readdirSync(folder, { recursive: true }).join();
      const clock = new Clock();
      const lock = new DeferredFilesystemLock('lock');
      const next = new DeferredFilesystemLock('lock', { clock, interval: 10 });
      lock.lock();
      const waits = next.deferUntilLocked();
      process.chdir('elsewhere');
      clock.advance(10);
      console.log(next.locked, files());
      lock.unlock();
      console.log(files());
      clock.advance(10);
      await waits;
      console.log(next.locked, files());
    `);
    assert.equal(stdout, 'false elsewhere,lock\nelsewhere\ntrue elsewhere,lock\n', stderr);
  });

  test('a lock that is held is not to be had by another object, nor twice by the same', (t) => {
    const lock = new DeferredFilesystemLock(lockPath(t));
    const other = new DeferredFilesystemLock(lock.path);
    lock.lock();
    assert.deepEqual([lock.lock(), other.lock(), other.locked], [false, false, false]);
    lock.unlock();
    assert.equal(other.lock(), true);
  });

  test('unlocking what is not held, or was taken away, is refused', (t) => {
    const lock = new DeferredFilesystemLock(lockPath(t));
    assert.throws(() => lock.unlock(), NotAcquiredError);
    lock.lock();
    rmSync(lock.path);
    assert.throws(() => lock.unlock(), /removed or replaced/);
    assert.throws(() => lock.unlock(), /is not held/);
  });

  test('a lock in whose place there is another file is held no more, and that is left alone', (t) => {
    const lock = new DeferredFilesystemLock(lockPath(t));
    lock.lock();
    rmSync(lock.path);
    writeFileSync(lock.path, 'precious');
    assert.throws(() => lock.unlock(), NotAcquiredError);
    assert.equal(lock.locked, false);
    assert.equal(readFileSync(lock.path, 'utf8'), 'precious');
  });

  test('a lock that the file system does not let go is still held, and is unlocked when it does', (t) => {
    const folder = path.join(path.dirname(lockPath(t)), 'folder');
    mkdirSync(folder);
    const lock = new DeferredFilesystemLock(path.join(folder, 'lock'));
    lock.lock();
    renameSync(folder, `${folder}.away`);
    writeFileSync(folder, '');
    assert.throws(() => lock.unlock(), { code: 'ENOTDIR' });
    assert.equal(lock.locked, true);
    rmSync(folder);
    renameSync(`${folder}.away`, folder);
    lock.unlock();
    assert.equal(lock.locked, false);
    assert.deepEqual(readdirSync(folder), []);
  });

  test('using unlocks the lock at the end of the block, if it is held', (t) => {
    const lock = new DeferredFilesystemLock(lockPath(t));
    lock.lock();
    lock[Symbol.dispose]();
    lock[Symbol.dispose]();
    assert.equal(existsSync(lock.path), false);
  });

  test('a file that is no lock is left alone, and is an error', (t) => {
    const lock = new DeferredFilesystemLock(lockPath(t));
    writeFileSync(lock.path, 'precious');
    assert.throws(
      () => lock.lock(),
      (error) => error instanceof InvalidArgumentError && error.message.includes(`${lock.path} that is no lock`),
    );
    failureResultOf(lock.deferUntilLocked(), InvalidArgumentError);
    assert.equal(readFileSync(lock.path, 'utf8'), 'precious');
  });

  test('a link that names no process is left alone, and is an error, instead of being waited for without an end', (t) => {
    for (const target of ['/nowhere', 'no process', `${process.pid}.old`]) {
      const lock = new DeferredFilesystemLock(lockPath(t));
      symlinkSync(target, lock.path);
      assert.throws(
        () => lock.lock(),
        (error) => error instanceof InvalidArgumentError && error.message.includes(`${lock.path} that is no lock`),
      );
      failureResultOf(lock.deferUntilLocked(), InvalidArgumentError);
      assert.equal(readlinkSync(lock.path), target);
    }
  });

  test('a path that is none, and options that cannot be, are refused', () => {
    for (const wrong of ['', 1 as unknown as string]) {
      assert.throws(() => new DeferredFilesystemLock(wrong), InvalidArgumentError);
    }
    for (const options of [{ interval: 0 }, { interval: -1 }, { clock: {} }, { retry: 1 }]) {
      assert.throws(() => new DeferredFilesystemLock('lock', options as never), InvalidArgumentError);
    }
  });
});

describe('deferUntilLocked', { skip }, () => {
  function waiting(t: TestContext): { holder: DeferredFilesystemLock; lock: DeferredFilesystemLock; clock: Clock } {
    const clock = new Clock();
    const holder = new DeferredFilesystemLock(lockPath(t));
    const lock = new DeferredFilesystemLock(holder.path, { clock });
    holder.lock();
    return { holder, lock, clock };
  }

  test('fires at once when the lock is free', (t) => {
    const { holder, lock, clock } = waiting(t);
    holder.unlock();
    successResultOf(lock.deferUntilLocked({ timeout: 5_000 }));
    assert.deepEqual([lock.locked, clock.getDelayedCalls()], [true, []]);
  });

  test('tries again every second, and fires when it has the lock', (t) => {
    const { holder, lock, clock } = waiting(t);
    const locked = lock.deferUntilLocked({ timeout: 5_000 });
    clock.pump([1_000, 1_000]);
    assertNoResult(locked);
    holder.unlock();
    clock.advance(999);
    assertNoResult(locked);
    clock.advance(1);
    successResultOf(locked);
    assert.deepEqual([lock.locked, clock.getDelayedCalls()], [true, []]);
  });

  test('whoever has fired the wait by hand does not get the lock, which is left to others', (t) => {
    const clock = new Clock();
    const file = lockPath(t);
    const holder = new DeferredFilesystemLock(file);
    const waiter = new DeferredFilesystemLock(file, { clock });
    holder.lock();
    waiter.deferUntilLocked().callback();
    holder.unlock();
    clock.advance(1_000);
    assert.equal(waiter.locked, false);
    assert.equal(holder.lock(), true);
    holder.unlock();
    successResultOf(waiter.deferUntilLocked());
    waiter.unlock();
  });

  test('tries again at an interval of yours', (t) => {
    const { holder, clock } = waiting(t);
    const lock = new DeferredFilesystemLock(holder.path, { clock, interval: 10 });
    const locked = lock.deferUntilLocked();
    clock.advance(10);
    holder.unlock();
    clock.advance(10);
    successResultOf(locked);
  });

  test('fails with a TimeoutError when the lock was not to be had in time, and tries no more', (t) => {
    const { holder, lock, clock } = waiting(t);
    const locked = lock.deferUntilLocked({ timeout: 5_500 });
    clock.pump([1_000, 1_000, 1_000, 1_000, 1_000, 500]);
    const { value } = failureResultOf(locked, TimeoutError);
    assert.deepEqual([value.timeout, value.limit], [5_500, 'total']);
    assert.deepEqual(clock.getDelayedCalls(), []);
    holder.unlock();
    clock.advance(5_000);
    assert.equal(lock.locked, false);
  });

  test('makes a last attempt when the time is over', (t) => {
    const { holder, lock, clock } = waiting(t);
    const locked = lock.deferUntilLocked({ timeout: 1_500 });
    clock.advance(1_000);
    holder.unlock();
    clock.advance(500);
    successResultOf(locked);
    assert.deepEqual(clock.getDelayedCalls(), []);
  });

  test('fails with AlreadyTryingToLockError while an earlier call waits, and works again after it', (t) => {
    const { holder, lock, clock } = waiting(t);
    const first = lock.deferUntilLocked({ timeout: 100 });
    failureResultOf(lock.deferUntilLocked(), AlreadyTryingToLockError);
    clock.advance(100);
    failureResultOf(first, TimeoutError);
    const second = lock.deferUntilLocked();
    holder.unlock();
    clock.advance(1_000);
    successResultOf(second);
  });

  test('is given up by a cancel, which leaves no timer and takes no lock', (t) => {
    const { holder, lock, clock } = waiting(t);
    const locked = lock.deferUntilLocked({ timeout: 5_000 });
    holder.unlock();
    locked.cancel();
    failureResultOf(locked, CancelledError);
    assert.deepEqual([lock.locked, clock.getDelayedCalls()], [false, []]);
    successResultOf(lock.deferUntilLocked());
  });

  test('fails with what the file system says, at once or at a later attempt', (t) => {
    const { lock, clock } = waiting(t);
    const missing = new DeferredFilesystemLock(path.join(lock.path, 'nowhere', 'lock'));
    assert.match(
      String((failureResultOf(missing.deferUntilLocked()).value as { code: string }).code),
      /ENOENT|ENOTDIR/,
    );
    const locked = lock.deferUntilLocked({ timeout: 5_000 });
    rmSync(lock.path);
    writeFileSync(lock.path, 'precious');
    clock.advance(1_000);
    assert.equal((failureResultOf(locked).value as { code: string }).code, 'HEDDLE_INVALID_ARGUMENT');
    assert.deepEqual(clock.getDelayedCalls(), []);
  });
});

describe('between processes', { skip }, () => {
  const holding = (file: string): string => `
    import { DeferredFilesystemLock } from 'heddle/defer';
    const lock = new DeferredFilesystemLock(${JSON.stringify(file)});
    process.on('SIGTERM', () => { lock.unlock(); process.exit(); });
    console.log(lock.lock() ? 'locked' : 'held');
    setInterval(() => {}, 1000);
  `;

  test('a lock of a living process is held, until that unlocks it', async (t) => {
    const lock = new DeferredFilesystemLock(lockPath(t));
    const program = new WatchedProgram(holding(lock.path));
    await program.wrote('locked');
    assert.equal(lock.lock(), false);
    program.send('SIGTERM');
    await program.ended;
    assert.equal(lock.lock(), true);
    assert.equal(lock.clean, true);
  });

  test('a lock of a process that was killed is taken over, and is not clean', async (t) => {
    const lock = new DeferredFilesystemLock(lockPath(t), { interval: 5 });
    const program = new WatchedProgram(holding(lock.path));
    await program.wrote('locked');
    const locked = lock.deferUntilLocked();
    program.send('SIGKILL');
    await locked;
    assert.equal(lock.clean, false);
    assert.deepEqual(readdirSync(path.dirname(lock.path)), ['lock']);
    lock.unlock();
    assert.equal(lock.lock() && lock.clean, true);
  });

  test('a process id that another process has by now does not make a dead lock live', { skip: linux }, (t) => {
    const lock = new DeferredFilesystemLock(lockPath(t));
    symlinkSync(`${process.pid}:another boot.1`, lock.path);
    assert.equal(lock.lock(), true);
    assert.equal(lock.clean, false);
  });

  test('where only the id is known, a process of that id counts as the holder', (t) => {
    const lock = new DeferredFilesystemLock(lockPath(t));
    symlinkSync(`${process.pid}`, lock.path);
    assert.equal(lock.lock(), false);
  });

  test('a process that nobody has buried is dead all the same', { skip: linux }, async (t) => {
    const lock = new DeferredFilesystemLock(lockPath(t));
    const source = `
      import { DeferredFilesystemLock } from 'heddle/defer';
      new DeferredFilesystemLock(${JSON.stringify(lock.path)}).lock();
      process.stdout.write(process.pid + '\\n');
    `;
    // The shell becomes a program that never asks after its children.
    const script = '"$0" --input-type=module --eval "$1" & exec sleep 30';
    const parent = spawn('sh', ['-c', script, process.execPath, source], { cwd: import.meta.dirname });
    t.after(() => parent.kill('SIGKILL'));
    const [pid] = (await once(parent.stdout, 'data')) as [Buffer];
    const stat = `/proc/${String(pid).trim()}/stat`;
    while (!/\) Z /.test(readFileSync(stat, 'latin1'))) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(lock.lock(), true);
  });

  test('the dead lock of a removal that its process did not finish does not stand in the way', async (t) => {
    const lock = new DeferredFilesystemLock(lockPath(t));
    const dead = await deadPid();
    symlinkSync(`${dead}:a.1`, lock.path);
    symlinkSync(`${dead}:a.2`, `${lock.path}.${dead}-a.1`);
    assert.equal(lock.lock(), true);
    assert.deepEqual(readdirSync(path.dirname(lock.path)), ['lock']);
  });

  test('while a living process removes a dead lock, it counts as held', async (t) => {
    const lock = new DeferredFilesystemLock(lockPath(t));
    const dead = await deadPid();
    symlinkSync(`${dead}:a.1`, lock.path);
    const removal = `${lock.path}.${dead}-a.1`;
    symlinkSync(`${process.pid}`, removal);
    assert.equal(lock.lock(), false);
    rmSync(removal);
    assert.equal(lock.lock(), true);
  });

  test('of many processes, some of which die holding it, never two have the lock', async (t) => {
    const lock = new DeferredFilesystemLock(lockPath(t));
    const counter = path.join(path.dirname(lock.path), 'counter');
    writeFileSync(counter, '0');
    const program = (times: number, end: string): string => `
      import { readFileSync, writeFileSync } from 'node:fs';
      import { DeferredFilesystemLock } from 'heddle/defer';
      const lock = new DeferredFilesystemLock(${JSON.stringify(lock.path)}, { interval: 1 });
      for (let i = 0; i < ${times}; i++) {
        await lock.deferUntilLocked();
        const before = Number(readFileSync(${JSON.stringify(counter)}, 'utf8'));
        for (let turns = 0; turns < 3; turns++) await new Promise(setImmediate);
        writeFileSync(${JSON.stringify(counter)}, String(before + 1));
        ${end}
      }
    `;
    const ended = await Promise.all([
      ...Array.from({ length: 4 }, () => runProgram(program(25, 'lock.unlock();'))),
      ...Array.from({ length: 4 }, () => runProgram(program(1, "process.kill(process.pid, 'SIGKILL');"))),
    ]);
    assert.deepEqual(
      ended.map(({ code, signal, stderr }) => [code ?? signal, stderr]),
      [...Array.from({ length: 4 }, () => [0, '']), ...Array.from({ length: 4 }, () => ['SIGKILL', ''])],
    );
    assert.equal(readFileSync(counter, 'utf8'), '104');
  });
});

test('a lock that is taken or released while no file can be opened is this process’s all the same', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [n, lacking] of ['lock', 'unlock'].entries()) {
    const { stdout, stderr } = await runProgram(`
      const fs = process.getBuiltinModule('node:fs');
      const { readFileSync } = fs;
      let lacks = '';
      fs.readFileSync = (...args) => {
        if (lacks !== '' && String(args[0]).startsWith('/proc')) throw Object.assign(new Error('EMFILE'), { code: 'EMFILE' });
        return readFileSync(...args);
      };
      const { DeferredFilesystemLock } = await import('heddle/defer');
      const lock = new DeferredFilesystemLock(${JSON.stringify(path.join(folder, `${n}`))});
      lacks = '${lacking}' === 'lock' ? 'yes' : '';
      const taken = lock.lock();
      lacks = '${lacking}' === 'unlock' ? 'yes' : '';
      lock.unlock();
      lacks = '';
      console.log(taken, lock.lock());
      lock.unlock();
    `);
    assert.equal(stdout, 'true true\n', stderr);
  }
});
