import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { InvalidArgumentError } from 'heddle/defer';
import { type StackFrame, watchLoop } from 'heddle/watchdog';
import { packageRoot } from '../support/paths.ts';
import { runProgram } from '../support/program.ts';
import { blockOf, runWatched } from './watched.ts';

test('an option that cannot be is refused with its name and value', () => {
  const refused: readonly (readonly [object, RegExp])[] = [
    [
      { threshold: 0 },
      /The option threshold of a watch of the loop must be a number of milliseconds, from 1 to \d+, not 0\./,
    ],
    [{ threshold: Number.POSITIVE_INFINITY }, /threshold/],
    [{ threshold: '50' }, /threshold/],
    [{ onBlocked: 'log' }, /The option onBlocked of a watch of the loop must be a function, not 'log'\./],
    [{ context: new Map() }, /context.*AsyncLocalStorage/],
    [{ jobLimit: -1 }, /jobLimit/],
    [{ onLongJob: 1 }, /onLongJob/],
    [{ treshold: 1 }, /has no option 'treshold'/],
  ];
  for (const [options, message] of refused) {
    assert.throws(
      () => watchLoop(options),
      (error) => error instanceof InvalidArgumentError && message.test(error.message),
    );
  }
});

test('in a worker thread it says that there is no loop to watch', async () => {
  const source = `import('heddle/watchdog').then(({ watchLoop }) => {
    try { watchLoop(); } catch ({ name, code }) { require('node:worker_threads').parentPort.postMessage([name, code]); }
  });`;
  const worker = new Worker(source, { eval: true });
  const [said] = await once(worker, 'message');
  assert.deepEqual(said, ['LoopNotWatchableError', 'HEDDLE_LOOP_NOT_WATCHABLE']);
});

test("the context's store in the blocked code comes along, and not that of whoever began the watch", async () => {
  const { context, culprit } = await blockOf(
    '() => storage.run({ request: 17 }, until, 300)',
    `import { AsyncLocalStorage } from 'node:async_hooks';
     const storage = new AsyncLocalStorage();
     storage.enterWith({ request: 'none' });
     options = { context: storage };`,
  );
  assert.deepEqual(context, { request: 17 });
  assert.equal(culprit?.frame.functionName, 'until');
});

test('a callback that blocks may have anything in the place of its name', async () => {
  const act = '() => { const d = new Deferred(); d.addCallback(odd); d.callback(300); }';
  const given = ["{ value: Symbol('odd') }", "{ get() { throw new Error('no name'); } }"];
  for (const name of [...given, '{ value: () => {} }']) {
    const { culprit } = await blockOf(
      act,
      `import { Deferred } from 'heddle/defer';
       const odd = Object.defineProperty((milliseconds) => until(milliseconds), 'name', ${name});`,
    );
    assert.equal(culprit?.frame.functionName, 'until');
  }
});

test('two watches see the same block, each by its own threshold', async () => {
  const { stdout } = await runWatched(`
    const seen = [new Set(), new Set(), new Set()];
    const watches = [20, 60, 20000].map((threshold, index) => watchLoop({
      threshold, onBlocked: ({ culprit }) => { if (culprit?.frame.functionName === 'until') seen[index].add('until'); },
    }));
    for (let times = 0; times < 40 && seen[0].size + seen[1].size < 2; times++) {
      until(250);
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    console.log(seen.map(({ size }) => size).join(' '));
  `);
  assert.equal(stdout, '1 1 0\n');
});

test('a place counts how often it has blocked, however deep in it the loop was met', async () => {
  const { stdout } = await runWatched(`
    const counts = [];
    // What it calls of Node's is another place, in which a look may find the loop as well.
    const isOwn = (culprit) => culprit?.frame.functionName === 'until' && culprit.call === undefined;
    watchLoop({ onBlocked: ({ count, culprit }) => { if (isOwn(culprit)) counts.push(count); } });
    for (let times = 0; times < 60 && counts.length < 3; times++) {
      until(200);
      await new Promise((resolve) => setTimeout(resolve, 120));
    }
    console.log(counts.slice(0, 3).join(' '));
  `);
  assert.equal(stdout, '1 2 3\n');
});

test('the same place is warned of once, in words that name it', async () => {
  const { stdout, stderr } = await runWatched(`
    watchLoop();
    // So often, since the watch of a busy machine may be kept from seeing some of them.
    for (let times = 0; times < 12; times++) {
      until(150);
      await new Promise((resolve) => setTimeout(resolve, 120));
    }
  `);
  assert.equal(stdout, '');
  // A busy machine may hold it up at other places.
  const warnings = stderr.match(/^heddle: .* by until .*$/gm) ?? [];
  assert.equal(warnings.length, 1, stderr);
  assert.match(
    warnings[0]!,
    /^heddle: The event loop was blocked for \d+ ms by until in \[eval1\]:\d+: code that ran on and on\.$/,
  );
  assert.match(stderr, /^ {4}at until \(.*:\d+:\d+\)$/m);
});

test('a terminal obeys no name of a function that blocks', async () => {
  const { stderr } = await runWatched(`
    watchLoop();
    const named = { ['\\x1b[2J\\x07\\u202Eeman']() { until(300); } };
    // The watch of a busy machine may be kept from seeing some of them.
    for (let times = 0; times < 10; times++) {
      for (const method of Object.values(named)) method();
      await new Promise((resolve) => setTimeout(resolve, 120));
    }
  `);
  const shown = String.raw`\u001b[2J\u0007\u202eeman`;
  assert.ok(stderr.includes(`    at ${shown} (`) || stderr.includes(`    at named.${shown} (`), stderr);
  assert.doesNotMatch(stderr, /[^\P{Cc}\n]|\p{Bidi_Control}/u);
});

test("what the program has made of an error's stack neither runs nor matters", async () => {
  const { culprit } = await blockOf(
    'function busy() { until(300); }',
    `Error.prepareStackTrace = () => { globalThis.hasRun = true; return 'mine'; };
     Error.stackTraceLimit = 0;
     process.on('exit', () => { if (globalThis.hasRun) process.exitCode = 9; });`,
  );
  assert.equal(culprit?.frame.functionName, 'until');
});

test("the program's hooks for what is asynchronous do not run in the middle of its code", async () => {
  const { culprit } = await blockOf(
    'function busy() { inside = true; until(300); inside = false; }',
    `import { createHook } from 'node:async_hooks';
     let inside = false;
     createHook({ init() { if (inside) process.exitCode = 9; } }).enable();`,
  );
  assert.equal(culprit?.frame.functionName, 'until');
});

test('a fake clock does not stop a watch', async () => {
  const { stdout } = await runWatched(`
    import { mock } from 'node:test';
    const real = { setTimeout };
    let found;
    watchLoop({ onBlocked: ({ culprit }) => { found ??= culprit?.frame.functionName; } });
    mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'setImmediate', 'Date'] });
    for (let times = 0; times < 40 && found === undefined; times++) {
      until(200);
      await new Promise((resolve) => real.setTimeout(resolve, 150));
    }
    console.log(found);
  `);
  assert.equal(stdout, 'until\n');
});

test('the watching thread has nothing of the program: no preloaded module, no output, no environment', async () => {
  const source = 'import{isMainThread}from"node:worker_threads";if(!isMainThread)console.log("loaded in a thread")';
  const preload = `data:text/javascript,${encodeURIComponent(source)}`;
  const { stdout, stderr } = await runWatched(
    `
    let found;
    watchLoop({ onBlocked: ({ culprit }) => { found ??= culprit?.frame.functionName; } });
    for (let times = 0; times < 40 && found === undefined; times++) {
      until(200);
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    console.log(found);
  `,
    ['--import', preload],
    { NODE_OPTIONS: `--import=${preload}` },
  );
  assert.equal(stdout, 'until\n');
  assert.equal(stderr, '');
});

const permission = process.allowedNodeEnvironmentFlags.has('--permission')
  ? '--permission'
  : '--experimental-permission';
for (const [what, flags] of [
  ['the inspector is denied', ['--allow-worker']],
  ['threads are denied', []],
] as const) {
  test(`where ${what}, that is said once, and durations are reported`, async () => {
    const { stdout, stderr } = await runWatched(
      `
      const warnings = [];
      process.on('warning', ({ code }) => { if (code?.startsWith('HEDDLE')) warnings.push(code); });
      const blocks = [];
      watchLoop({ onBlocked: (block) => blocks.push(block) });
      watchLoop();
      const long = () => blocks.find(({ duration }) => duration > 100);
      for (let times = 0; times < 40 && long() === undefined; times++) {
        until(250);
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
      console.log(warnings.join(' '), long().kind, long().stack.length, long().culprit);
    `,
      ['--no-warnings', permission, '--allow-fs-read=*', ...flags],
    );
    assert.equal(stdout, 'HEDDLE_WATCH_WITHOUT_STACKS unknown 0 undefined\n', stderr);
  });
}

test('places in the sources are told where Node itself follows source maps, whose text it may have made at run time', async (t) => {
  const folder = await mkdtemp(path.join(packageRoot, 'build/test/mapped-'));
  t.after(() => rm(folder, { recursive: true }));
  const map = { version: 3, sources: ['source.ts'], names: [], mappings: 'AAUA;AACA;AACA' };
  const comment = `//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`;
  const file = path.join(folder, 'made.mjs');
  await writeFile(file, `export function fromSource(until) {\n until(300);\n}\n${comment}`);
  const { stack } = await blockOf('() => fromSource(until)', `import { fromSource } from ${JSON.stringify(file)};`, [
    '--enable-source-maps',
  ]);
  const frame = stack.find(({ functionName }) => functionName === 'fromSource');
  const { file: source, line, script, scriptLine } = frame as StackFrame;
  assert.deepEqual(
    { source, line, script, scriptLine },
    {
      source: path.join(folder, 'source.ts'),
      line: 12,
      script: pathToFileURL(file).href,
      scriptLine: 2,
    },
  );
});

test('a program may have a dozen watches, without a word of Node’s about their listeners', async () => {
  const { stdout, stderr } = await runProgram(`
    import { watchLoop } from 'heddle/watchdog';
    const before = process.listenerCount('exit');
    const watches = Array.from({ length: 12 }, () => watchLoop({ onBlocked() {} }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (const watch of watches) watch.stop();
    console.log(process.listenerCount('exit') - before);
  `);
  assert.equal(stderr, '');
  assert.equal(stdout, '0\n');
});

test('V8 keeps no more scripts for a watch that has reported many blocks', async () => {
  const { stdout } = await runProgram(
    `
    import { Session } from 'node:inspector';
    import { watchLoop } from 'heddle/watchdog';
    let reports = 0;
    const watch = watchLoop({ threshold: 2, onBlocked: () => reports++ });
    const block = () => {
      const end = process.cpuUsage().user + 5000;
      while (process.cpuUsage().user < end);
    };
    const scripts = () => {
      gc();
      let count = 0;
      const session = new Session();
      session.connect();
      session.on('Debugger.scriptParsed', () => count++);
      session.post('Debugger.enable');
      session.disconnect();
      return count;
    };
    const scriptsAfter = async (count) => {
      while (reports < count) {
        block();
        await new Promise((resolve) => setImmediate(resolve));
      }
      return scripts();
    };
    const before = await scriptsAfter(20);
    console.log((await scriptsAfter(80)) - before);
    watch.stop();
  `,
    ['--expose-gc'],
  );
  // Each question, of which a block may take several, was a script of its own.
  assert.ok(Number(stdout) < 20, `${stdout.trim()} scripts for 60 blocks`);
});
