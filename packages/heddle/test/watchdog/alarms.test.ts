import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { DebuggerClient } from '../support/debugger-client.ts';
import { missingHere, notInThisNode } from '../support/skip.ts';
import { WatchedProgram } from '../support/watched-program.ts';
import { runWatched } from './watched.ts';

test('an idle program is not reported', async () => {
  const { stdout, stderr } = await runWatched(`
    const watch = watchLoop({ threshold: 100, onBlocked: (block) => console.log(block) });
    setTimeout(() => {}, 400);
  `);
  assert.equal(stdout + stderr, '');
});

test('a program that is busy with very many short things is not reported', async () => {
  const { stdout, stderr } = await runWatched(`
    import { createServer, request } from 'node:http';
    const watch = watchLoop({ threshold: 200, onBlocked: (block) => console.log(block) });
    const server = createServer((_, response) => { until(1); response.end('done'); }).listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      let answers = 0;
      const ask = () => request({ port, host: '127.0.0.1' }, (response) => {
        response.resume().on('end', () => { if (++answers < 600) ask(); else if (answers === 649) process.exit(); });
      }).end();
      for (let i = 0; i < 50; i++) ask();
    });
  `);
  assert.equal(stdout + stderr, '');
});

test('what the loop had to wait for a processor before the watching thread was there is not reported', {
  skip: missingHere('taskset (a Linux system)', spawnSync('taskset', ['--version']).status === 0),
}, async () => {
  const { stdout, stderr } = await runWatched(`
    import { execFileSync } from 'node:child_process';
    import { readFileSync } from 'node:fs';
    import { Worker } from 'node:worker_threads';
    const [, processor] = /^Cpus_allowed_list:\\s*(\\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'));
    execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', processor, String(process.pid)]);
    const rivals = Array.from({ length: 8 }, () => {
      return new Worker('require("node:worker_threads").parentPort.postMessage(0); for (;;);', { eval: true, execArgv: [] });
    });
    await Promise.all(rivals.map((rival) => new Promise((resolve) => rival.once('message', resolve))));
    const watch = watchLoop({ threshold: 250, onBlocked: ({ duration }) => console.log('blocked for', duration) });
    // Of the processor that they share it has a ninth.
    for (const end = performance.now() + 800; performance.now() < end;);
    // Whatever there is to be reported is by the second turn.
    await new Promise((resolve) => setTimeout(resolve, 500));
    watch.stop();
    await Promise.all(rivals.map((rival) => rival.terminate()));
  `);
  assert.equal(stdout + stderr, '');
});

test('what a garbage collection had to wait for threads without a processor is not reported', async () => {
  const { stdout, stderr } = await runWatched(
    `
    const { cpuUsage } = process;
    const had = cpuUsage();
    process.cpuUsage = () => had;
    const kept = Array.from({ length: 2000000 }, (_, i) => ({ i }));
    await new Promise((resolve) => setTimeout(resolve, 60));
    const watch = watchLoop({ threshold: 100, onBlocked: ({ kind }) => console.log(kind) });
    await new Promise((resolve) => setTimeout(resolve, 60));
    // Not so often that the watching thread says itself that the loop does not turn, on a slow machine.
    for (const end = performance.now() + 1000; performance.now() < end; ) gc();
    await new Promise((resolve) => setTimeout(resolve, 200));
    process.cpuUsage = cpuUsage;
    until(300);
    await new Promise((resolve) => setTimeout(resolve, 200));
    watch.stop();
  `,
    ['--expose-gc'],
  );
  // The second shows that there was a watch.
  assert.equal(stdout + stderr, 'code\n');
});

test('a program that was stopped and goes on is not reported, whatever the watch did meanwhile', {
  skip: missingHere('SIGSTOP (a POSIX system)', process.platform !== 'win32'),
}, async () => {
  const program = new WatchedProgram(`
    import { writeSync } from 'node:fs';
    import { watchLoop } from 'heddle/watchdog';
    watchLoop({ threshold: 30, onBlocked: (block) => console.log('blocked', block) });
    let stops = 0;
    process.stdin.on('data', () => {
      writeSync(1, \`stop \${++stops}\\n\`);
      process.kill(process.pid, 'SIGSTOP');
      setTimeout(() => console.log('turn', stops, 'end'), 60);
    });
    console.log('ready');
  `);
  await program.wrote('ready');
  for (let stops = 1; stops <= 20; stops++) {
    program.write('go');
    await program.wrote(`stop ${stops}\n`);
    // Nobody can tell from outside when a stop has had its time: this long is no wait for anything.
    await new Promise((resolve) => setTimeout(resolve, 100));
    const goOn = setInterval(() => program.send('SIGCONT'), 100).unref();
    await program.wrote(`turn ${stops} end`);
    clearInterval(goOn);
  }
  program.send('SIGKILL');
  await program.ended;
  assert.ok(!program.output.includes('blocked'), program.output);
});

test('a stop in the middle of a block does not count as time of it', {
  skip: missingHere('SIGSTOP (a POSIX system)', process.platform !== 'win32'),
}, async () => {
  const program = new WatchedProgram(`
    import { writeSync } from 'node:fs';
    import { watchLoop } from 'heddle/watchdog';
    const blocks = [];
    watchLoop({ onBlocked: ({ duration }) => { blocks.push(duration); } });
    const busy = (milliseconds) => {
      const end = process.cpuUsage().user + milliseconds * 1000;
      while (process.cpuUsage().user < end) for (let i = 0; i < 1e6; i++);
    };
    // From the first report on, the watching thread is there.
    while (blocks.length === 0) {
      busy(150);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    let times = 0;
    process.stdin.on('data', () => {
      blocks.length = 0;
      const began = performance.now();
      busy(150);
      writeSync(1, \`stop \${++times}\\n\`);
      process.kill(process.pid, 'SIGSTOP');
      busy(150);
      const took = performance.now() - began;
      setTimeout(() => console.log('time', times, took, Math.max(0, ...blocks), 'end'), 200);
    });
    console.log('ready');
  `);
  await program.wrote('ready');
  let times = 0;
  let took = 0;
  let reported = 0;
  // On a busy machine the watch may be kept from seeing the block.
  while (times < 8 && reported === 0) {
    times++;
    program.write('go');
    await program.wrote(`stop ${times}\n`);
    // Nobody can tell from outside when a stop has had its time: this long is no wait for anything.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    // What has just written that it stops may not have done so yet.
    const goOn = setInterval(() => program.send('SIGCONT'), 100).unref();
    await program.wrote(`time ${times} `);
    await program.wrote('end');
    clearInterval(goOn);
    [took, reported] = new RegExp(`time ${times} (\\S+) (\\S+) end`).exec(program.output)!.slice(1).map(Number) as [
      number,
      number,
    ];
  }
  program.send('SIGKILL');
  await program.ended;
  assert.ok(reported > 0 && reported < took - 500, program.output);
});

test('a stop while the watch itself is starting does not count as time of a block', {
  skip: missingHere('SIGSTOP and figures of threads (Linux)', process.platform === 'linux'),
}, async () => {
  let took = 0;
  let reported = 0;
  // On a busy machine the watch may be kept from seeing the block.
  for (let tries = 0; tries < 8 && reported === 0; tries++) {
    const program = new WatchedProgram(`
      import { writeSync } from 'node:fs';
      import { watchLoop } from 'heddle/watchdog';
      let longest = 0;
      const began = performance.now();
      watchLoop({ onBlocked: ({ duration }) => { longest = Math.max(longest, duration); } });
      writeSync(1, 'stop\\n');
      process.kill(process.pid, 'SIGSTOP');
      const end = process.cpuUsage().user + 300_000;
      while (process.cpuUsage().user < end) for (let i = 0; i < 1e6; i++);
      const took = performance.now() - began;
      setTimeout(() => console.log('time', took, longest, 'end'), 200);
    `);
    await program.wrote('stop\n');
    // Less than the watch allows its thread to start in where nobody tells what that did meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 700));
    const goOn = setInterval(() => program.send('SIGCONT'), 20).unref();
    await program.wrote('end');
    clearInterval(goOn);
    program.send('SIGKILL');
    await program.ended;
    [took, reported] = /time (\S+) (\S+) end/.exec(program.output)!.slice(1).map(Number) as [number, number];
  }
  assert.ok(reported > 0 && reported < took - 500, `${reported} of ${took}`);
});

test("a debugger's breakpoint is not reported, and a block beside a debugger is", {
  skip: notInThisNode('WebSocket'),
}, async () => {
  const program = new WatchedProgram(`
    import inspector from 'node:inspector';
    import { watchLoop } from 'heddle/watchdog';
    inspector.open(0, '127.0.0.1');
    let amidStop;
    watchLoop({ onBlocked: ({ began, duration, culprit }) => {
      // On a busy machine the loop may be blocked at other times as well.
      const isStop = began <= amidStop && amidStop < began + duration;
      console.log('blocked', isStop ? 'at the breakpoint' : culprit?.frame.functionName);
    } });
    globalThis.stopHere = () => {
      const stopped = Date.now();
      debugger;
      amidStop = (stopped + Date.now()) / 2;
      console.log('went on');
    };
    globalThis.work = function work() {
      const end = process.cpuUsage().user + 200_000;
      while (process.cpuUsage().user < end) for (let i = 0; i < 1e5; i++);
    };
    setInterval(() => {}, 1000);
    console.log('at', inspector.url(), 'ready');
  `);
  await program.wrote('ready');
  const [, url = ''] = /at (\S+) ready/.exec(program.output) ?? [];
  const client = await DebuggerClient.attach(url);
  await client.ask('Runtime.enable');
  await client.ask('Debugger.enable');
  await client.ask('Runtime.evaluate', { expression: 'setTimeout(stopHere, 1)' });
  await client.paused();
  await new Promise((resolve) => setTimeout(resolve, 500));
  await client.resume();
  await program.wrote('went on');
  // What is reported of the breakpoint is so before what comes later.
  for (let times = 0; times < 40 && !program.output.includes('blocked work'); times++) {
    await client.ask('Runtime.evaluate', { expression: 'setTimeout(work, 1)' });
    await client.ask('Runtime.evaluate', {
      expression: 'new Promise((done) => setTimeout(done, 150))',
      awaitPromise: true,
    });
  }
  assert.match(program.output, /blocked work/);
  assert.doesNotMatch(program.output, /blocked (?:at the breakpoint|stopHere)/);
  client.close();
  program.send('SIGTERM');
  await program.ended;
});
