import assert from 'node:assert/strict';
import { Session } from 'node:inspector';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { setImmediate as nextTurn } from 'node:timers/promises';
import path from 'node:path';
import { type Deferred, TimeoutError } from 'heddle/defer';
import { ThreadExitError } from 'heddle/threads';
import { add, neverSettle } from '../../fixtures/threads/jobs.ts';
import {
  asksWhetherItIsCancelled,
  backtrack,
  compareWithoutEnd,
  keepsItsStacks,
  sleepAtomically,
  spinAfterTimer,
  spinInCallee,
  spinWithStacksOfItsOwn,
} from '../../fixtures/threads/whereabouts.ts';
import { brokenFunction } from '../../support/broken-module.ts';
import { errorOf } from '../../support/failure-of.ts';
import { Gate, sharedInts } from '../../support/gate.ts';
import { packageRoot } from '../../support/paths.ts';
import { poolFor as anyPoolFor } from '../../support/pools.ts';
import { runNode, runProgram } from '../../support/program.ts';

const limit = { timeout: 30_000 };

/** A thread that gives way might not get a processor in its last moments, on a machine that is busy otherwise. */
const poolFor: typeof anyPoolFor = (t, options) => anyPoolFor(t, { nice: 0, ...options });
const fixture = path.join(packageRoot, 'build/test/fixtures/threads/whereabouts.js');

/** The stack of the error of a call that ran out of time, without the error's own line, when it is the job's. */
async function stackOfTimeout(
  call: (runTimeout: number) => Deferred<unknown>,
  marks: string = 'whereabouts',
): Promise<string[]> {
  // A thread that hardly got a processor did not answer in time: then it gets more.
  for (let runTimeout = 100; ; runTimeout *= 2) {
    const { stack = '', name, message } = await errorOf(call(runTimeout), TimeoutError);
    const [first, ...frames] = stack.split('\n');
    assert.equal(first, `${name}: ${message}`);
    if (stack.includes(marks)) return frames.map((line) => line.trim().replace(/\(?file:.*\/(\S+?)\)?$/, '$1'));
  }
}

const places: [f: () => unknown, ...frames: RegExp[]][] = [
  [spinInCallee, /^at deepest whereabouts.js:\d+:\d+$/, /^at spinInCallee whereabouts/],
  [backtrack, /^at RegExp\.test \(<anonymous>\)$/, /^at backtrack whereabouts/],
  [sleepAtomically, /^at Atomics\.wait \(<anonymous>\)$/, /^at sleepAtomically whereabouts/],
  [spinAfterTimer, /^at deepest whereabouts/, /^at spinAfterTimer whereabouts/],
  [
    compareWithoutEnd,
    /^at deepest whereabouts/,
    /^at .*compare whereabouts/,
    /^at Array\.sort/,
    /^at compareWithoutEnd whereabouts/,
  ],
];
for (const [f, ...frames] of places) {
  test(`the error of a timeout says where the job was, and nothing else (${f.name})`, limit, async (t) => {
    const pool = poolFor(t, { max: 1 });
    const stack = await stackOfTimeout((runTimeout) => pool.with({ runTimeout, grace: 0 }).defer(f));
    assert.equal(stack.length, frames.length, stack.join('\n'));
    for (const [index, frame] of frames.entries()) assert.match(stack[index] ?? '', frame);
  });
}

test('the error of a timeout says where a job was that does nothing but ask Heddle', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const stack = await stackOfTimeout((runTimeout) =>
    pool.with({ runTimeout, grace: 0 }).defer(asksWhetherItIsCancelled),
  );
  assert.match(stack.at(-1) ?? '', /^at asksWhetherItIsCancelled whereabouts/);
});

test('below the place in the thread stands who awaits the call', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  async function awaits(runTimeout: number): Promise<string> {
    try {
      return await pool.with({ runTimeout, grace: 0 }).defer(spinInCallee);
    } catch (error) {
      return (error as Error).stack ?? '';
    }
  }
  for (let runTimeout = 100; ; runTimeout *= 2) {
    const stack = await awaits(runTimeout);
    if (!stack.includes('deepest')) continue;
    assert.match(stack, /at spinInCallee \(.*\)\n +at <thread>\n +at async awaits \(/);
    return;
  }
});

test('so does that of a timeout for waiting and running together', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const stack = await stackOfTimeout((timeout) => pool.with({ timeout, grace: 0 }).defer(spinInCallee));
  assert.match(stack[0] ?? '', /^at deepest/);
});

test('a module that hangs while it is imported is named by its line', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const hangs = brokenFunction('spins-at-import.mjs');
  const stack = await stackOfTimeout((timeout) => pool.with({ timeout, grace: 0 }).defer(hangs), 'spins-at');
  assert.match(stack.join(), /^at .*spins-at-import\.mjs:\d+:\d+$/);
});

test('nothing of the job runs in its middle, not even its own way to make stacks', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const counter = sharedInts(1);
  const stack = await stackOfTimeout((runTimeout) =>
    pool.with({ runTimeout, grace: 0 }).defer(spinWithStacksOfItsOwn, counter),
  );
  assert.match(stack[0] ?? '', /^at deepest/);
  assert.equal(counter[0], 0);
});

test('a job that is asked in its last moments and ends in time finds all as it was', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const asked = questions(t);
  // Where the thread, or this one, hardly got a processor, the time was over before: then it gets more.
  for (let runTimeout = 1000; ; runTimeout *= 2) {
    const go = sharedInts(2);
    const answeredBefore = asked.answered;
    const call = pool.with({ runTimeout, grace: 0 }).defer(keepsItsStacks, go);
    while (asked.answered === answeredBefore && !call.called) await nextTurn();
    Atomics.store(go, 1, 1);
    const found = await call.addErrback(() => undefined);
    if (found === undefined) continue;
    assert.deepEqual(found, ['my stack', '7']);
    return;
  }
});

test('where the job waits for a promise, or no thread has it, the error names no place', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const gate = new Gate();
  const running = errorOf(
    pool.with({ runTimeout: 300, onCancel: 'abandon' }).defer(neverSettle, gate.shared),
    TimeoutError,
  );
  const waiting = errorOf(pool.with({ timeout: 300 }).defer(add, 1, 2), TimeoutError);
  for (const { stack, message } of await Promise.all([running, waiting])) {
    assert.ok(stack?.startsWith(`TimeoutError: ${message}`));
    assert.doesNotMatch(stack ?? '', /jobs\.js/);
  }
});

test('of jobs that share a thread, none is said to be where another one is', limit, async (t) => {
  const pool = poolFor(t, { max: 1, concurrency: 2 });
  const gate = new Gate();
  const waiting = pool.with({ runTimeout: 400, grace: 0 }).defer(neverSettle, gate.shared);
  const failure = errorOf(waiting, TimeoutError);
  await gate.entered();
  const spinning = pool.defer(spinInCallee);
  assert.doesNotMatch((await failure).stack ?? '', /whereabouts/);
  await errorOf(spinning, ThreadExitError);
});

test('threads are asked without the Debugger domain', limit, async (t) => {
  const pool = poolFor(t, { max: 2 });
  const asked = questions(t);
  await stackOfTimeout((runTimeout) => pool.with({ runTimeout, grace: 0 }).defer(spinInCallee));
  assert.deepEqual(asked.inThreads, new Set(['Runtime.evaluate']));
});

// Node ends with a segmentation fault where a thread ends while the domain is being enabled: see decision 13.
test('the domain of threads is enabled once for the whole program', limit, async () => {
  const { stdout, stderr } = await runProgram(`
    import { Session } from 'node:inspector';
    import { ThreadPool } from 'heddle';
    import { spinInCallee } from ${JSON.stringify(pathToFileURL(fixture).href)};
    const posted = [];
    const { post } = Session.prototype;
    Session.prototype.post = function (method, ...rest) {
      if (/^NodeWorker\\.(enable|disable)$/.test(method)) posted.push(method);
      return Reflect.apply(post, this, [method, ...rest]);
    };
    const pool = new ThreadPool({ max: 1, maxCrashes: Infinity });
    let seen = 0;
    for (let runTimeout = 100; seen < 2; runTimeout *= 1.5) {
      const { stack } = await pool.with({ runTimeout, grace: 0 }).defer(spinInCallee).catch((error) => error);
      if (stack.includes('spinInCallee')) seen++;
    }
    console.log(posted.join());
    await pool.stop();
  `);
  assert.equal(stdout, 'NodeWorker.enable\n', stderr);
});

test('a thread that is ended in the moment in which it is asked does end', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  for (let round = 0; round < 40; round++) {
    const { defer } = pool.with({ runTimeout: 1, grace: 0 });
    await errorOf(defer(spinInCallee), TimeoutError);
    assert.equal(await pool.defer(add, round, 1), round + 1);
  }
});

test('a program may end in the moment in which a thread is asked', limit, async () => {
  const program = `
    import { deferToThread } from 'heddle';
    import { spinInCallee } from ${JSON.stringify(pathToFileURL(fixture).href)};
    await deferToThread.with({ runTimeout: 1 })(spinInCallee).catch((error) => console.log(error.limit));
  `;
  const programs = Array.from({ length: 8 }, () => runProgram(program));
  for (const { stdout, stderr, code } of await Promise.all(programs)) {
    assert.deepEqual({ stdout, code }, { stdout: 'run\n', code: 0 }, stderr);
  }
});

test('many calls that run out of time at once are each told their own place', limit, async (t) => {
  const pool = poolFor(t, { max: 4 });
  const stacks = await Promise.all(
    [spinInCallee, sleepAtomically, spinInCallee, sleepAtomically].map(async (f) => {
      const stack = await stackOfTimeout((runTimeout) => pool.with({ runTimeout, grace: 0 }).defer(f));
      return stack.at(-1)?.split(' ')[1];
    }),
  );
  assert.deepEqual(stacks, ['spinInCallee', 'sleepAtomically', 'spinInCallee', 'sleepAtomically']);
});

test('a program whose calls end in time does not load the inspector for it', limit, async () => {
  const { stdout, stderr } = await runProgram(`
    import { deferToThread } from 'heddle';
    import { threadFunction } from 'heddle/threads';
    const backtrack = threadFunction(new URL(${JSON.stringify(pathToFileURL(fixture.replace('whereabouts', 'jobs')).href)}), 'add');
    console.log(await deferToThread.with({ timeout: 60_000, runTimeout: 60_000 })(backtrack, 1, 2));
    console.log(process.moduleLoadList.includes('NativeModule inspector'));
  `);
  assert.equal(stdout, '3\nfalse\n', stderr);
});

test('with source maps, the place is that of the source', limit, async () => {
  const program = `
    import { deferToThread } from 'heddle';
    import { spinInCallee } from ${JSON.stringify(pathToFileURL(fixture).href)};
    for (let runTimeout = 100; ; runTimeout *= 2) {
      const { stack } = await deferToThread.with({ runTimeout, grace: 0 })(spinInCallee).catch((error) => error);
      if (!stack.includes('deepest')) continue;
      console.log(stack);
      break;
    }
  `;
  const { stdout, stderr } = await runProgram(program, ['--enable-source-maps']);
  assert.match(stdout, /at deepest \(.*fixtures\/threads\/whereabouts\.ts:\d+:3\)/, stderr);
});

test('where the inspector is denied, the error comes without a place', limit, async () => {
  const version = Number(process.versions.node.split('.')[0]);
  const permission = version < 22 ? '--experimental-permission' : '--permission';
  const program = `
    import { deferToThread } from 'heddle';
    import { threadFunction } from 'heddle/threads';
    const spin = threadFunction(new URL(${JSON.stringify(pathToFileURL(fixture).href)}), 'spinInCallee');
    const { stack } = await deferToThread.with({ runTimeout: 300, grace: 0 })(spin).catch((error) => error);
    console.log(stack.split('\\n')[0]);
    console.log(stack.includes('deepest'));
  `;
  const { stdout, stderr } = await runNode([
    permission,
    '--allow-worker',
    '--allow-fs-read=*',
    '--input-type=module',
    '--eval',
    program,
  ]);
  assert.equal(stdout, 'TimeoutError: spinInCallee ran for longer than 300 ms.\nfalse\n', stderr);
});

/** What the inspector is asked during a test, by this thread and of threads. */
function questions(t: TestContext): { methods: string[]; inThreads: Set<string>; answered: number } {
  const asked = { methods: [] as string[], inThreads: new Set<string>(), answered: 0 };
  const { post } = Session.prototype;
  Session.prototype.post = function (this: Session, method: string, ...rest: unknown[]) {
    asked.methods.push(method);
    const [params] = rest as [{ message?: string }?];
    if (method === 'NodeWorker.sendMessageToWorker') {
      asked.inThreads.add(JSON.parse(params?.message ?? '{}').method);
      this.once('NodeWorker.receivedMessageFromWorker', () => asked.answered++);
    }
    return Reflect.apply(post, this, [method, ...rest]);
  } as typeof post;
  t.after(() => {
    Session.prototype.post = post;
  });
  return asked;
}
