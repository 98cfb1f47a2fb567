import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { packageRoot } from '../../support/paths.ts';
import { runProgram } from '../../support/program.ts';
import { missingHere } from '../../support/skip.ts';

const limit = { timeout: 60_000 };

test('calls wait for the thread there is where no file can be opened for another', {
  ...limit,
  skip: missingHere('ulimit (a POSIX system)', process.platform !== 'win32'),
}, () => {
  const program = `
    import { closeSync, openSync } from 'node:fs';
    import { ThreadPool } from 'heddle';
    const pool = new ThreadPool({ max: 4 });
    const work = (n) => n;
    console.log(await pool.defer(work, 0));
    const held = [];
    for (;;) try { held.push(openSync('/dev/null')); } catch { break; }
    // For what is not a new thread.
    for (const file of held.splice(-3)) closeSync(file);
    const spin = (n) => { const end = Date.now() + 20; while (Date.now() < end); return n; };
    console.log(...await Promise.all(Array.from({ length: 8 }, (_, n) => pool.defer(spin, n))));
    for (const file of held) closeSync(file);
    await pool.stop();
  `;
  const { stdout, stderr } = spawnSync(
    'sh',
    ['-c', 'ulimit -n 100 && exec "$0" --input-type=module --eval "$1"', process.execPath, program],
    { cwd: path.join(packageRoot, 'build/test'), encoding: 'utf8', timeout: 50_000 },
  );
  assert.equal(stdout, '0\n0 1 2 3 4 5 6 7\n', stderr);
});

test('a process that cannot be started is the cause of the error, and moved memory is gone', limit, async () => {
  const { stdout, stderr } = await runProgram(`
    const children = process.getBuiltinModule('node:child_process');
    const { spawn } = children;
    let left = 1;
    children.spawn = (...args) => {
      if (left-- > 0) return spawn(...args);
      throw Object.assign(new Error('spawn EAGAIN'), { code: 'EAGAIN', errno: -11 });
    };
    const { ProcessPool, transfer } = await import('heddle');
    const pool = new ProcessPool({ max: 3 });
    const lengths = await Promise.allSettled([1, 2, 3].map((n) => pool.defer((a) => a.length, transfer(new Uint8Array(n)))));
    console.log(lengths.map(({ status }) => status).sort().join());
    console.log(await pool.defer((n) => n, 1));
    await pool.stop();
    const none = new ProcessPool({ max: 1 });
    await none.defer((n) => n, 1).catch(({ name, cause }) => console.log(name, cause.code));
    await none.stop();
  `);
  assert.equal(stdout, 'fulfilled,rejected,rejected\n1\nThreadExitError EAGAIN\n', stderr);
});

test('any number of threads that wait for their turn to start may fail one after the other', limit, async () => {
  const { stdout, stderr } = await runProgram(`
    import { syncBuiltinESMExports } from 'node:module';
    const threads = process.getBuiltinModule('node:worker_threads');
    const { Worker } = threads;
    let left = 2;
    threads.Worker = class extends Worker {
      constructor(...args) {
        if (left-- <= 0) throw Object.assign(new Error('EAGAIN'), { code: 'ERR_WORKER_INIT_FAILED' });
        super(...args);
      }
    };
    syncBuiltinESMExports();
    const { ThreadPool } = await import('heddle');
    const pool = new ThreadPool({ max: 3000 });
    const sums = await Promise.all(Array.from({ length: 3000 }, (_, n) => pool.defer((x) => x + 1, n)));
    console.log(sums.every((sum, n) => sum === n + 1), pool.statistics().threads);
    await pool.stop();
  `);
  assert.equal(stdout, 'true 2\n', stderr);
});
