import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runProgram } from '../support/program.ts';
import { WatchedProgram } from '../support/watched-program.ts';

const work = new URL('../fixtures/threads/jobs.js', import.meta.url).href;

test('nothing needs run(): delayed calls, triggers of your own and calls in threads work in any program', async () => {
  const program = new WatchedProgram(`
    import { reactor, deferToThread } from 'heddle';
    import { add } from ${JSON.stringify(work)};
    reactor.callLater(1, () => console.log('delayed'));
    console.log(await deferToThread(add, 20, 22), reactor.running);
  `);
  assert.equal(await program.ended, 0);
  assert.deepEqual(program.output.trim().split('\n').toSorted(), ['42 false', 'delayed']);
});

test('a program stays while its reactor runs, with nothing else to do, and ends when it has stopped', async () => {
  const program = new WatchedProgram(`
    import { reactor } from 'heddle/reactor';
    const stopped = reactor.run().then(() => console.log('stopped'));
    process.once('SIGUSR2', () => reactor.stop());
    console.log('running');
  `);
  await program.wrote('running');
  program.send('SIGUSR2');
  assert.equal(await program.ended, 0);
  assert.equal(program.output, 'running\nstopped\n');
});

test('a delayed call keeps the process, a cancelled one and one that is never due do not', async () => {
  const { code, stderr } = await runProgram(`
    import { createReactor } from 'heddle/reactor';
    const reactor = createReactor();
    reactor.callLater(1e9, () => {}).cancel();
    reactor.callLater(Infinity, () => {});
    reactor.callLater(1e9, () => {}).delay(Infinity);
    reactor.callLater(1, () => console.error('kept'));
  `);
  assert.equal(code, 0);
  assert.equal(stderr, 'kept\n');
});

test('a delay beyond the longest timer of Node is nothing to warn of', async () => {
  const { code, stderr } = await runProgram(`
    import { reactor } from 'heddle/reactor';
    const call = reactor.callLater(2 ** 31, () => console.error('at once'));
    reactor.callLater(3, () => call.cancel());
  `);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
});

test('in debug mode delayed calls that will never be made are listed at shutdown, with the place that made them', async () => {
  const { stderr } = await runProgram(`
    import { setDebugging } from 'heddle/defer';
    import { reactor } from 'heddle/reactor';
    setDebugging(true);
    function startPolling() {
      reactor.callLater(60_000, function poll() {});
    }
    startPolling();
    reactor.callLater(Infinity, () => {});
    reactor.callLater(1e9, () => {}).cancel();
    const stopped = reactor.run({ shutdownTimeout: 1e6 });
    reactor.stop();
    await stopped;
  `);
  const lines = stderr.trimEnd().split('\n');
  assert.equal(lines[0], 'The reactor has stopped. These delayed calls will not be made:');
  assert.match(lines[1] ?? '', /^ {2}DelayedCall \{ poll, due in \d+ ms, made at \S+:6:15 \}$/);
  assert.match(lines[2] ?? '', /^ {2}DelayedCall \{ an anonymous function, never due, made at \S+:9:13 \}$/);
  assert.equal(lines.length, 3);
});

test('without debug mode nothing is listed, and no place is kept', async () => {
  const { stderr, code } = await runProgram(`
    import { reactor } from 'heddle/reactor';
    const call = reactor.callLater(60_000, function poll() {});
    if (String(call).includes('made at')) process.exit(5);
    const stopped = reactor.run();
    reactor.stop();
    await stopped;
  `);
  assert.deepEqual({ stderr, code }, { stderr: '', code: 0 });
});
