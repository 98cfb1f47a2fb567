import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WatchedProgram } from '../support/watched-program.ts';

const work = new URL('../fixtures/threads/jobs.js', import.meta.url).href;
const skip = process.platform === 'win32' ? 'Windows has no signals between processes' : false;

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} stops the reactor in order, and the program ends by itself`, { skip }, async () => {
    const program = new WatchedProgram(`
      import { reactor } from 'heddle/reactor';
      for (const phase of ['before', 'during', 'after']) {
        reactor.addSystemEventTrigger(phase, 'shutdown', () => console.log(phase));
      }
      reactor.callWhenRunning(() => console.log('running'));
      await reactor.run();
      console.log('stopped');
    `);
    await program.wrote('running');
    program.send(signal);
    assert.equal(await program.ended, 0);
    assert.equal(program.output, 'running\nbefore\nduring\nafter\nstopped\n');
  });
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`a second ${signal} names what is waited for and leaves with ${code}`, { skip }, async () => {
    const program = new WatchedProgram(`
      import { reactor } from 'heddle/reactor';
      import { deferToThread } from 'heddle/threads';
      import { passGate } from ${JSON.stringify(work)};
      const gate = new Int32Array(new SharedArrayBuffer(8));
      deferToThread(passGate, gate);
      reactor.addSystemEventTrigger('before', 'shutdown', function flushLog() {
        console.log('stopping');
        return new Promise(() => {});
      });
      reactor.addSystemEventTrigger('after', 'shutdown', () => console.log('after'));
      reactor.callWhenRunning(() => console.log('running'));
      await reactor.run();
    `);
    await program.wrote('running');
    program.send(signal);
    await program.wrote('stopping');
    program.send(signal);
    assert.equal(await program.ended, code);
    assert.match(
      program.output,
      new RegExp(
        `${signal} again: not waiting any longer for flushLog \\(before shutdown\\), passGate \\(in a thread\\)\\.`,
      ),
    );
    assert.doesNotMatch(program.output, /after/);
  });
}

test('a signal stops a reactor whose startup waits for something', { skip }, async () => {
  const program = new WatchedProgram(`
    import { reactor } from 'heddle/reactor';
    reactor.addSystemEventTrigger('before', 'startup', () => new Promise(() => {}));
    const stopped = reactor.run();
    console.log('starting');
    await stopped;
    console.log('stopped');
  `);
  await program.wrote('starting');
  program.send('SIGTERM');
  assert.equal(await program.ended, 0);
  assert.match(program.output, /stopped/);
});

test('a signal stops all reactors that run', { skip }, async () => {
  const program = new WatchedProgram(`
    import { createReactor } from 'heddle/reactor';
    const runs = [createReactor().run(), createReactor().run()];
    console.log('running');
    await Promise.all(runs);
    console.log('both stopped');
  `);
  await program.wrote('running');
  program.send('SIGINT');
  assert.equal(await program.ended, 0);
  assert.match(program.output, /both stopped/);
});

test('without signal handlers a signal ends the program as it always does', { skip }, async () => {
  const program = new WatchedProgram(`
    import { reactor } from 'heddle/reactor';
    reactor.addSystemEventTrigger('before', 'shutdown', () => console.log('before'));
    const stopped = reactor.run({ installSignalHandlers: false });
    console.log('running');
    await stopped;
  `);
  await program.wrote('running');
  program.send('SIGTERM');
  assert.equal(await program.ended, 'SIGTERM');
  assert.doesNotMatch(program.output, /before/);
});

test('after the reactor has stopped, signals are the program’s again', { skip }, async () => {
  const program = new WatchedProgram(`
    import { reactor } from 'heddle/reactor';
    const stopped = reactor.run();
    reactor.stop();
    await stopped;
    console.log(process.listenerCount('SIGINT') + process.listenerCount('SIGTERM'), 'listeners');
    setInterval(() => {}, 1000);
  `);
  await program.wrote('0 listeners');
  program.send('SIGINT');
  assert.equal(await program.ended, 'SIGINT');
});

test('the first signal during a shutdown that the program began itself asks for no more than that', {
  skip,
}, async () => {
  const program = new WatchedProgram(`
    import { reactor } from 'heddle/reactor';
    reactor.addSystemEventTrigger('before', 'shutdown', () => new Promise((resolve) => {
      console.log('stopping');
      process.once('SIGTERM', () => setImmediate(resolve));
    }));
    reactor.addSystemEventTrigger('during', 'shutdown', () => console.log('saved'));
    reactor.callWhenRunning(() => reactor.stop());
    await reactor.run();
    console.log('stopped');
  `);
  await program.wrote('stopping');
  program.send('SIGTERM');
  assert.equal(await program.ended, 0);
  assert.equal(program.output, 'stopping\nsaved\nstopped\n');
});
