import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runProgram, runProgramFile } from '../../support/program.ts';

// Where no options are given, nothing is kept for them: it was 580 bytes when each call had room for all.
test('a call that waits keeps less than 440 bytes of memory, its list of arguments included', async () => {
  const program = `
    import { ThreadPool } from 'heddle';
    const pool = new ThreadPool({ max: 1 });
    const calls = 5000;
    const heldBy = () => {
      gc();
      const before = process.memoryUsage().heapUsed;
      for (let n = 0; n < calls; n++) pool.defer(Math.abs, n);
      gc();
      return (process.memoryUsage().heapUsed - before) / calls;
    };
    const blocker = new Int32Array(new SharedArrayBuffer(4));
    // The thread knows the function.
    await pool.defer(Math.abs, 0);
    pool.defer(Atomics.wait, blocker, 0, 0);
    // The first time, code is compiled as well, and whenever it is, some of what had been compiled goes.
    heldBy();
    const rounds = Array.from({ length: 5 }, heldBy);
    console.log(rounds.sort((a, b) => a - b)[2]);
    Atomics.store(blocker, 0, 1);
    Atomics.notify(blocker, 0);
    await pool.stop();
  `;
  const { code, stdout, stderr } = await runProgram(program, ['--expose-gc']);
  assert.equal(code, 0, stderr);
  assert.ok(Number(stdout) < 440, `${stdout.trim()} bytes`);
});

test('a call that ran out of time is kept by nobody when it has ended in its thread', async () => {
  const program = `
    import { setImmediate as nextTurn } from 'node:timers/promises';
    import { ThreadPool } from 'heddle';
    const pool = new ThreadPool({ max: 1, nice: 0 });
    const gate = new Int32Array(new SharedArrayBuffer(4));
    const passGate = (gate) => { while (Atomics.load(gate, 0) === 0); };
    await pool.defer(Math.abs, 1);
    const runOutOfTime = async (timeout) => {
      Atomics.store(gate, 0, 0);
      const call = pool.with({ timeout, onCancel: 'cooperate' }).defer(passGate, gate);
      const { stack } = await call.catch((error) => error);
      Atomics.store(gate, 0, 1);
      await pool.defer(Math.abs, 1);
      return { wasSeen: stack.includes('passGate ('), call: new WeakRef(call) };
    };
    // A thread that hardly got a processor did not answer in time: then it gets more.
    let timeout = 50;
    let last = await runOutOfTime(timeout);
    while (!last.wasSeen) last = await runOutOfTime((timeout *= 2));
    for (let turn = 0; turn < 100 && last.call.deref() !== undefined; turn++) {
      await nextTurn();
      gc();
    }
    console.log(last.call.deref() === undefined);
    await pool.stop();
  `;
  const { code, stdout, stderr } = await runProgram(program, ['--expose-gc']);
  assert.equal(code, 0, stderr);
  assert.equal(stdout, 'true\n');
});

test('what was passed to a call that a getter among its arguments has cancelled is kept by nobody', async () => {
  const program = `
    import { setImmediate as nextTurn } from 'node:timers/promises';
    import { notify, ThreadPool } from 'heddle/threads';
    const pool = new ThreadPool({ max: 1 });
    const tell = (f) => f(1);
    await pool.defer(tell, notify(() => {}));
    const cancelWhenRead = async () => {
      const passed = () => {};
      const before = pool.defer(tell, notify(() => {}));
      const call = pool.defer(tell, notify(passed), { get value() { call.cancel(); return 1; } });
      console.log((await call.catch((error) => error)).name);
      await before;
      return new WeakRef(passed);
    };
    const passed = await cancelWhenRead();
    for (let turn = 0; turn < 100 && passed.deref() !== undefined; turn++) {
      await nextTurn();
      gc();
    }
    console.log(passed.deref() === undefined);
    await pool.stop();
  `;
  const { code, stdout, stderr } = await runProgram(program, ['--expose-gc']);
  assert.equal(code, 0, stderr);
  assert.equal(stdout, 'CancelledError\ntrue\n');
});

// Ten modules: half a millisecond and 160 kB of each thread.
test('a thread loads node:perf_hooks only where a function of the program does', async () => {
  const program = `
    import { ThreadPool } from 'heddle';
    const pool = new ThreadPool({ max: 1 });
    const loads = () => process.moduleLoadList.filter((name) => /perf_hooks|perf.performance$/.test(name)).length;
    const first = await pool.defer(loads);
    await pool.defer(() => performance.now());
    console.log(first, (await pool.defer(loads)) > 0);
    await pool.stop();
  `;
  const { code, stdout, stderr } = await runProgram(program);
  assert.equal(code, 0, stderr);
  assert.equal(stdout, '0 true\n');
});

// New memory for each would come from the C library's heap, which grows by it: 165 MB after 300 threads.
test('a new thread shares the memory of one that is gone with the reactor, and finds none of its jobs there', async () => {
  const program = `
    import { ThreadPool } from 'heddle';
    const pool = new ThreadPool({ max: 1, maxCrashes: Infinity });
    // What lies behind the last annex is nobody's.
    const mark = (by) => {
      const { workerData } = process.getBuiltinModule('node:worker_threads');
      return (new Int32Array(workerData.memory)[workerData.memory.byteLength / 4 - 1] += by);
    };
    const text = 'too long for a slot. '.repeat(100);
    const marks = [];
    for (let n = 1; n <= 20; n++) {
      marks.push(await pool.defer(mark, n));
      const calls = Array.from({ length: 20 }, (_, index) => pool.defer((given) => given, text + index));
      const lost = pool.defer(() => process.exit());
      const later = pool.defer((given) => given, text);
      const results = await Promise.allSettled([...calls, lost, later]);
      const wrong = results.findIndex(({ status, value }, index) => {
        if (index === 20) return status !== 'rejected';
        return value !== (index === 21 ? text : text + index);
      });
      if (wrong >= 0) console.log('call', wrong, 'of thread', n, results[wrong]);
    }
    console.log(marks.join(' '));
    await pool.stop();
  `;
  const { code, stdout, stderr } = await runProgram(program);
  assert.equal(code, 0, stderr);
  const marks = stdout.trim().split(' ').map(Number);
  assert.equal(marks.length, 20, stdout);
  assert.ok(
    marks.some((mark, index) => mark > index + 1),
    stdout,
  );
});

test('neither a pool nor a bound object that is gone keeps the AsyncLocalStorage store of its calls', async () => {
  const program = `
    import { AsyncLocalStorage } from 'node:async_hooks';
    import { bindToThread, ThreadPool } from 'heddle';
    const storage = new AsyncLocalStorage();
    const stores = [];
    for (let n = 0; n < 3; n++) {
      await storage.run({ request: n }, async () => {
        stores.push(new WeakRef(storage.getStore()));
        const bound = bindToThread(() => new Map());
        await bound.defer((map) => map.size);
        await bound[Symbol.asyncDispose]();
        const pool = new ThreadPool({ max: 1 });
        await pool.defer(Math.abs, -1);
        await pool.stop();
      });
    }
    const left = () => stores.filter((store) => store.deref() !== undefined).length;
    for (let round = 0; round < 500 && left() > 0; round++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      gc();
    }
    console.log(left());
  `;
  const { code, stdout, stderr } = await runProgram(program, ['--expose-gc']);
  assert.equal(code, 0, stderr);
  assert.equal(stdout, '0\n');
});

test('functions under ever new names take no more memory than a thousand of them, here and in the thread', async () => {
  const program = `
    import { ThreadPool } from 'heddle';
    const pool = new ThreadPool({ max: 1 });
    const known = (value) => value;
    const used = () => { gc(); return process.memoryUsage().heapUsed; };
    let calls = 0;
    const callNew = async (count) => {
      for (let n = 0; n < count; n++) {
        const name = 'from data ' + ++calls;
        const { [name]: f } = { [name]: (value) => value + 1 };
        if ((await pool.defer(f, calls)) !== calls + 1) throw new Error(name);
        // Known for long, and told of again now and then.
        if ((await pool.defer(known, calls)) !== calls) throw new Error(name);
      }
    };
    await callNew(3000);
    const before = [used(), await pool.defer(used)];
    await callNew(4000);
    console.log(used() - before[0], (await pool.defer(used)) - before[1]);
    await pool.stop();
  `;
  const { code, stdout, stderr } = await runProgram(program, ['--expose-gc']);
  assert.equal(code, 0, stderr);
  // Each of them took more than a kilobyte.
  for (const bytes of stdout.split(' ')) assert.ok(Number(bytes) / 4000 < 300, `${stdout.trim()} bytes`);
});

test('functions that a thread was told of in vain are forgotten there as well', async () => {
  const program = `
    import { ThreadPool } from 'heddle';
    const pool = new ThreadPool({ max: 1 });
    const used = () => { gc(); return process.memoryUsage().heapUsed; };
    let calls = 0;
    const callNew = async (count) => {
      for (let n = 0; n < count; n++) {
        const name = 'from data ' + ++calls;
        const { [name]: f } = { [name]: (value) => value };
        if (calls % 2 === 0) await pool.defer(f, Symbol()).catch(() => {});
        else await pool.defer(f, calls);
      }
    };
    await callNew(6000);
    const before = await pool.defer(used);
    await callNew(6000);
    console.log((await pool.defer(used)) - before);
    await pool.stop();
  `;
  const { code, stdout, stderr } = await runProgram(program, ['--expose-gc']);
  assert.equal(code, 0, stderr);
  assert.ok(Number(stdout) / 3000 < 200, `${stdout.trim()} bytes`);
});

test('a function that was forgotten while a call of it runs is told to the thread anew, whatever becomes of that', async () => {
  const program = `
    import { ThreadPool } from 'heddle';
    const pool = new ThreadPool({ max: 1, concurrency: 2 });
    const flag = new Int32Array(new SharedArrayBuffer(4));
    const slow = async (open) => {
      while (Atomics.load(open, 0) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      return 'slow';
    };
    const first = pool.defer(slow, flag);
    for (let n = 0; n < 1100; n++) {
      const { [n + ' from data']: f } = { [n + ' from data']: (value) => value };
      await pool.defer(f, n);
    }
    await pool.defer(slow, flag, Symbol()).catch((error) => console.log(error.code));
    Atomics.store(flag, 0, 1);
    console.log(await first, await pool.defer(slow, flag));
    await pool.stop();
  `;
  const { stdout, stderr } = await runProgram(program);
  assert.equal(stdout, 'HEDDLE_UNCLONABLE\nslow slow\n', stderr);
});

test('of a function made of text, little more than that text is kept', async () => {
  const program = `
    import { ThreadPool } from 'heddle';
    const pool = new ThreadPool({ max: 1 });
    const lines = Array.from({ length: 500 }, (_, n) => \`if (x === \${n}) x = x + \${n} * (y - \${n});\`).join('\\n');
    const used = () => { gc(); return process.memoryUsage().heapUsed; };
    let made = 0;
    const defer = async (count) => {
      for (let n = 0; n < count; n++) await pool.defer(new Function('x', 'y', \`\${lines}\\nreturn x + \${made++}\`), 1, 2);
    };
    await defer(10);
    const before = used();
    await defer(20);
    console.log((used() - before) / 20 / lines.length);
    await pool.stop();
  `;
  const { code, stdout, stderr } = await runProgram(program, ['--expose-gc']);
  assert.equal(code, 0, stderr);
  // Its syntax tree took 35 times as much.
  assert.ok(Number(stdout) < 10, `${stdout.trim()} times its text`);
});

test('of an ES module that a function was captured in, little more than its text is kept', async (t) => {
  const functions = Array.from({ length: 20_000 }, (_, n) => `(x, y) => x * ${n} + (y - ${n}),`).join('\n');
  const program = `
    import { deferToThread } from 'heddle';
    const all = [${functions}];
    const used = () => { gc(); return process.memoryUsage().heapUsed; };
    const size = ${functions.length};
    await deferToThread(new Function('return 1'));
    const before = used();
    await deferToThread(() => size);
    await new Promise(setImmediate);
    console.log((used() - before) / size);
  `;
  const { code, stdout, stderr } = await runProgramFile(t, program, ['--expose-gc']);
  assert.equal(code, 0, stderr);
  // Its syntax tree took 35 times as much.
  assert.ok(Number(stdout) < 10, `${stdout.trim()} times its text`);
});

test('a function that is refused, or has blocked the loop, is let go of with all it captures', async () => {
  const program = `
    import { Deferred, deferToThread, watchLoop } from 'heddle';
    const captured = 1;
    // From here on there is an inspector session.
    await deferToThread(() => captured);
    let blocks = 0;
    watchLoop({ threshold: 30, onBlocked: () => blocks++ });
    const blockWith = (big) => {
      const ended = new Deferred();
      const d = new Deferred();
      d.addCallback(() => {
        const end = performance.now() + 250;
        while (performance.now() < end);
        setImmediate(() => ended.callback());
        return big.length;
      });
      setImmediate(() => d.callback());
      return ended.addCallback(() => new WeakRef(big));
    };
    const refuse = (big) => deferToThread(new Proxy(() => big, {})).addErrback(() => new WeakRef(big));
    const alive = setInterval(() => {}, 1000);
    const refs = [await blockWith(['blocked']), await refuse(['refused'])];
    // The last one is remembered.
    while (blocks < 2) await blockWith([]);
    clearInterval(alive);
    const left = () => refs.map((ref) => ref.deref()?.[0]).filter((name) => name !== undefined);
    for (let round = 0; round < 200 && left().length > 0; round++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      gc();
    }
    console.log(left().join(' '));
  `;
  const { code, stdout, stderr } = await runProgram(program, ['--expose-gc']);
  assert.equal(code, 0, stderr);
  assert.equal(stdout, '\n');
});

test('errors that a program keeps do not keep the arguments of their calls, nor the memory of threads that are gone', async () => {
  const program = `
    import { ThreadPool } from 'heddle';
    const pool = new ThreadPool({ max: 1, maxCrashes: 1000 });
    const blocker = new Int32Array(new SharedArrayBuffer(4));
    const failureOf = (call) => call.then(() => {}, (error) => error);
    const exit = () => process.exit(1);
    const errors = [];
    await pool.defer(Math.abs, -1);
    const held = pool.defer(Atomics.wait, blocker, 0, 0);
    const refs = [];
    const giveUp = async (options, abort = () => {}) => {
      const big = { name: Object.keys(options)[0] };
      refs.push(new WeakRef(big));
      const call = pool.with(options).defer(structuredClone, big);
      abort();
      errors.push(await failureOf(call));
    };
    await giveUp({ timeout: 1 });
    await giveUp({ queueTimeout: 1 });
    const controller = new AbortController();
    await giveUp({ signal: controller.signal }, () => controller.abort());
    Atomics.store(blocker, 0, 1);
    Atomics.notify(blocker, 0);
    await held;
    for (let n = 0; n < 10; n++) errors.push(await failureOf(pool.defer(exit)));
    const left = () => refs.map((ref) => ref.deref()?.name).filter((name) => name !== undefined);
    const buffers = () => process.memoryUsage().arrayBuffers;
    for (let round = 0; round < 200 && (left().length > 0 || buffers() > 8e6); round++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      gc();
    }
    console.log(left().join(' '), buffers() < 8e6, errors.length);
    await pool.stop();
  `;
  const { code, stdout, stderr } = await runProgram(program, ['--expose-gc']);
  assert.equal(code, 0, stderr);
  // A thread has 2 MB that are shared with it.
  assert.equal(stdout, ' true 13\n');
});

test('the memory shared with threads that were asked where they are goes with them', async () => {
  const program = `
    import { ThreadPool } from 'heddle';
    const pool = new ThreadPool({ max: 8 });
    const spin = () => { for (;;); };
    const giveUp = () => pool.with({ runTimeout: 20, grace: 0 }).defer(spin).catch(() => {});
    for (let n = 0; n < 3; n++) await Promise.all(Array.from({ length: 8 }, giveUp));
    await pool.stop();
    const buffers = () => process.memoryUsage().arrayBuffers;
    for (let turn = 0; turn < 20 && buffers() > 10e6; turn++) {
      await new Promise(setImmediate);
      gc();
    }
    console.log(buffers() < 10e6);
  `;
  const { code, stdout, stderr } = await runProgram(program, ['--expose-gc']);
  assert.equal(code, 0, stderr);
  // Each has 2 MB; those of four are kept for others.
  assert.equal(stdout, 'true\n');
});

test('the thread of a bound object that nobody has any more ends', async () => {
  const program = `
    import { ThreadPool } from 'heddle';
    const pool = new ThreadPool();
    const make = () => new Map();
    const sizeOf = (map) => map.size;
    for (let n = 0; n < 3; n++) await pool.bind(make).defer(sizeOf);
    const kept = pool.bind(make);
    await kept.defer(sizeOf);
    for (let round = 0; round < 500 && pool.statistics().threads > 1; round++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      gc();
    }
    console.log(pool.statistics().threads, await kept.defer(sizeOf));
    await pool.stop();
  `;
  const { code, stdout, stderr } = await runProgram(program, ['--expose-gc']);
  assert.equal(code, 0, stderr);
  assert.equal(stdout, '1 0\n');
});

test('a thread that is idle keeps neither the functions nor the AsyncLocalStorage store of its last call', async () => {
  const program = `
    import { AsyncLocalStorage } from 'node:async_hooks';
    import { ask, ThreadPool } from 'heddle';
    const pool = new ThreadPool({ max: 1 });
    const storage = new AsyncLocalStorage();
    const callIt = (f) => f();
    const store = await storage.run({ request: 1 }, async () => {
      await pool.defer(callIt, ask(() => 1));
      return new WeakRef(storage.getStore());
    });
    for (let round = 0; round < 200 && store.deref() !== undefined; round++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      gc();
    }
    console.log(store.deref());
    await pool.stop();
  `;
  const { code, stdout, stderr } = await runProgram(program, ['--expose-gc']);
  assert.equal(code, 0, stderr);
  assert.equal(stdout, 'undefined\n');
});

test('events of the reactor that are over are forgotten', async () => {
  const program = `
    import { createReactor } from 'heddle/reactor';
    const reactor = createReactor();
    const used = () => { gc(); return process.memoryUsage().heapUsed; };
    let last = 0;
    const fire = (count) => {
      for (let n = 0; n < count; n++) {
        const name = 'event ' + ++last;
        const trigger = reactor.addSystemEventTrigger('before', name, () => {});
        reactor.addSystemEventTrigger('after', name, () => {});
        reactor.removeSystemEventTrigger(trigger);
        reactor.fireSystemEvent(name);
      }
    };
    fire(2000);
    const before = used();
    fire(4000);
    console.log((used() - before) / 4000);
  `;
  const { code, stdout, stderr } = await runProgram(program, ['--expose-gc']);
  assert.equal(code, 0, stderr);
  // Each took 770 bytes.
  assert.ok(Number(stdout) < 200, `${stdout.trim()} bytes`);
});
