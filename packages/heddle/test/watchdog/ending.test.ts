import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WatchedProgram } from '../support/watched-program.ts';
import { runWatched } from './watched.ts';

/** Blocks often enough that a busy machine cannot keep the watch from seeing it once. */
const blockOnce = `
const blocks = [];
const watch = watchLoop({ onBlocked: (block) => blocks.push(block) });
while (blocks.length === 0) {
  until(200);
  await new Promise((resolve) => setTimeout(resolve, 100));
}
`;

test('a watch does not keep the process', async () => {
  const { code, stdout, stderr } = await runWatched('watchLoop();');
  assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: '', stderr: '' });
});

test('a watch that has reported does not keep the process either', async () => {
  const { code, stdout, stderr } = await runWatched(blockOnce);
  assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: '', stderr: '' });
});

test('a process that exits straight out of a block ends as it would without the watch, and reports the block', async () => {
  for (let times = 0; times < 3; times++) {
    const { code, stdout, stderr } = await runWatched(`${blockOnce}
      blocks.length = 0;
      process.on('exit', (code) => console.log('exit', code, blocks.length));
      setTimeout(function leave() { until(${80 + times * 10}); process.exit(7); }, 20);
    `);
    assert.equal(code, 7);
    assert.equal(stderr, '');
    assert.match(stdout, /^exit 7 [01]\n$/);
  }
});

test('a block at the very end of a program is reported', async () => {
  let reported = '';
  for (let times = 0; times < 20 && reported === ''; times++) {
    const { code, stdout, stderr } = await runWatched(`
      watchLoop({ onBlocked: ({ culprit }) => console.log(culprit?.frame.functionName ?? 'nobody') });
      setTimeout(function last() { until(300); process.exitCode = 4; }, 300);
    `);
    assert.equal(code, 4);
    assert.equal(stderr, '');
    reported = stdout.trim();
  }
  assert.equal(reported, 'until');
});

test('an uncaught error ends the process with its own message and code', async () => {
  const { code, stderr } = await runWatched(`${blockOnce}
    setTimeout(() => { until(120); throw new RangeError('of the program'); }, 20);
  `);
  assert.equal(code, 1);
  assert.match(stderr, /RangeError: of the program/);
  assert.doesNotMatch(stderr, /debugger/);
});

test('an exit in the middle of a long native call waits for nobody', async () => {
  const { code, stderr } = await runWatched(`
    import { execFileSync } from 'node:child_process';
    ${blockOnce}
    setTimeout(() => {
      execFileSync(process.execPath, ['--eval', 'setTimeout(() => {}, 200)']);
      process.exit(5);
    }, 20);
  `);
  assert.equal(code, 5);
  assert.equal(stderr, '');
});

test('a stopped watch reports nothing more, ends its thread and gives back all it has', async () => {
  const { code, stdout, stderr } = await runWatched(`
    import inspector from 'node:inspector';
    const before = process.listenerCount('exit');
    ${blockOnce}
    blocks.length = 0;
    watch.stop();
    watch.stop();
    until(200);
    await new Promise((resolve) => setTimeout(resolve, 200));
    // A thread takes the time it takes to end.
    while (process.getActiveResourcesInfo().some((name) => /Message|Worker/.test(name))) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    console.log(blocks.length, process.listenerCount('exit') - before, Object.getOwnPropertySymbols(inspector.Session).length);
  `);
  assert.equal(stderr, '');
  assert.deepEqual({ code, stdout }, { code: 0, stdout: '0 0 0\n' });
});

test('a watch ends with the block that has it by `using`', async () => {
  const { stdout } = await runWatched(`
    const before = process.listenerCount('exit');
    const watch = watchLoop();
    const during = process.listenerCount('exit');
    watch[Symbol.dispose]();
    console.log(during - before, process.listenerCount('exit') - before);
  `);
  assert.equal(stdout, '1 0\n');
});

test('a loop that never comes back is warned of while it does not', async () => {
  const program = new WatchedProgram(`
    import { watchLoop } from 'heddle/watchdog';
    watchLoop();
    setTimeout(function forever() { for (;;); }, 300);
  `);
  await program.wrote('and still is,');
  await program.wrote('at forever');
  program.send('SIGKILL');
  await program.ended;
  assert.match(
    program.output,
    /^heddle: The event loop has been blocked for \d+ ms, and still is, by forever in \[eval1\]:\d+: /,
  );
});

test('a loop that never comes back is warned of in the end where the program listens itself, too', async () => {
  const program = new WatchedProgram(`
    import { watchLoop } from 'heddle/watchdog';
    watchLoop({ onBlocked: () => {} });
    setTimeout(function forever() { for (;;); }, 300);
  `);
  await program.wrote('and still is,');
  program.send('SIGKILL');
  await program.ended;
  assert.match(program.output, /by forever in/);
});
