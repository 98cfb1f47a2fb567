import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { type AddressInfo, connect, createServer } from 'node:net';
import { test } from 'node:test';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { Deferred, InvalidArgumentError } from 'heddle/defer';
import { ask, CallableError, inThread, notify, threadFunction } from 'heddle/threads';
import { blockingCallFromThread, callFromThread } from 'heddle/thread';
import * as jobs from '../../fixtures/threads/calls-out.ts';
import { twice } from '../../fixtures/threads/exported-passed.ts';
import { add } from '../../fixtures/threads/jobs.ts';
import type { enterLateAndSoon } from '../../fixtures/threads/late-ledger.ts';
import * as ledger from '../../fixtures/threads/ledger.ts';
import { tenant } from '../../fixtures/threads/stores.ts';
import { errorOf } from '../../support/failure-of.ts';
import { sharedInts } from '../../support/gate.ts';
import { poolFor } from '../../support/pools.ts';
import { runProgram } from '../../support/program.ts';

const limit = { timeout: 30_000 };

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await nextTurn();
}

test('what a thread tells is told in order, and all of it before its call ends', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const seen: number[] = [];
  for (const round of [1, 2, 3]) {
    seen.length = 0;
    await pool
      .defer(
        jobs.countTo,
        200,
        notify((n) => seen.push(n)),
      )
      .addCallback(() => {
        assert.equal(seen.length, 200, `round ${round}`);
      });
    assert.deepEqual(
      seen,
      Array.from({ length: 200 }, (_, n) => n + 1),
    );
  }
});

test('a result that the loop finds by itself does not overtake what its call has told', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  // After short calls the loop looks for results by itself, which it does before it hears of messages.
  for (let n = 0; n < 2_000; n++) await pool.defer(add, n, 1);
  const flag = sharedInts(1);
  const order: string[] = [];
  const told = notify(() => order.push('told'));
  const ended = new Deferred<void>();
  // In the turn of a socket's event, what immediates do comes before messages are heard.
  const server = createServer((socket) => {
    socket.destroy();
    pool.defer(jobs.tellAndMark, told, flag).addCallback(() => {
      order.push('ended');
      ended.callback();
    });
    while (Atomics.load(flag, 0) === 0);
    const whileItEnds = performance.now() + 5;
    while (performance.now() < whileItEnds);
  });
  server.listen(0, '127.0.0.1', () => connect((server.address() as AddressInfo).port, '127.0.0.1'));
  await ended;
  server.close();
  assert.deepEqual(order, ['told', 'ended']);
});

test('a thread waits for the answer of what it asks: a value, a promise, a Deferred', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  assert.equal(
    await pool.defer(
      jobs.askFor<number>,
      1,
      ask((n) => n + 1),
    ),
    2,
  );
  assert.equal(
    await pool.defer(
      jobs.askFor<number>,
      2,
      ask(async (n) => n + 1),
    ),
    3,
  );
  const later = (n: number): Deferred<number> => {
    const d = new Deferred<number>();
    setImmediate(() => d.callback(n + 1));
    return d;
  };
  assert.equal(await pool.defer(jobs.askFor<number>, 3, ask(later)), 4);
});

test('an error of what a thread asks is thrown in the thread, whole', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const failing = (): never => {
    throw Object.assign(new RangeError('out of stock'), { code: 'E_STOCK', cause: 'the cause' });
  };
  const error = await errorOf(pool.defer(jobs.askFor<number>, 1, ask(failing)), Error);
  assert.ok(error instanceof RangeError);
  assert.equal((error as { code?: string }).code, 'E_STOCK');
  assert.equal(error.cause, 'the cause');
});

test('an answer that cannot be copied is an error in the thread, and the thread goes on', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const error = await errorOf(
    pool.defer(
      jobs.askFor<unknown>,
      1,
      ask(() => ({ socket: () => {} })),
    ),
    Error,
  );
  assert.equal((error as { code?: string }).code, 'HEDDLE_UNCLONABLE');
  assert.match(error.message, /^answer\.socket/);
  assert.equal(await pool.defer(add, 1, 2), 3);
});

test('functions are passed at any depth, with values that structured clone does not keep', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const hooks = [ask((n: number) => n * 10), ask((n: number) => n + 5)];
  assert.equal(await pool.defer(jobs.askInOptions, { hooks } as never), 15);
  const buffers: unknown[] = [];
  await pool.defer(
    (tell: (bytes: Buffer) => void) => tell(Buffer.from('bytes')),
    notify((bytes) => buffers.push(bytes)),
  );
  assert.ok(Buffer.isBuffer(buffers[0]));
});

test('a function that a deferred function captures may be one that is passed', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const seen: number[] = [];
  const tell = notify((n: number) => seen.push(n));
  const hooks = { price: ask(async (name: string) => name.length) };
  const total = await pool.defer(() => {
    tell(1);
    const price = hooks.price('warp');
    tell(2);
    return price;
  });
  assert.equal(total, 4);
  assert.deepEqual(seen, [1, 2]);
});

test('a comparator runs in the thread, with the values that it captures', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const order = { sign: -1 };
  const compare = (a: number, b: number): number => (a - b) * order.sign;
  assert.deepEqual(await pool.defer(jobs.sorted<number>, [1, 3, 2], inThread(compare)), [3, 2, 1]);
  assert.deepEqual(await pool.defer(jobs.sorted<number>, [1, 3, 2], inThread(add as never)), [1, 3, 2].sort(add));
});

test('a function that cannot go to a thread is refused by its name, and its thread goes on', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  let calls = 0;
  const counting = (a: number, b: number): number => {
    calls += 1;
    return a - b;
  };
  const error = await errorOf(pool.defer(jobs.sorted<number>, [1, 2], inThread(counting)), Error);
  assert.equal((error as { code?: string }).code, 'HEDDLE_ASSIGNS_CAPTURED');
  assert.match(error.message, /counting/);
  assert.equal(calls, 0);
  assert.equal(await pool.defer(add, 1, 2), 3);
});

test('a bare function among the arguments is refused, with the words that say what is meant', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const error = await errorOf(pool.defer(jobs.countTo, 1, (() => {}) as never), Error);
  assert.match(error.message, /args\[1\].*notify\(fn\).*ask\(fn\).*inThread\(fn\)/);
});

test('a function that is asked after the call that it was passed to has ended throws', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  await pool.defer(jobs.keep, ask((n: number) => n) as never);
  const outcome = await pool.defer(jobs.callKept);
  assert.equal(outcome.code, 'HEDDLE_JOB_ENDED');
  assert.equal(outcome.name, 'ReactorCallError');
});

test('what is told after the call has ended is dropped with one warning, and ends no thread', limit, async () => {
  const { code, stdout, stderr } = await runProgram(`
    import { ThreadPool, notify } from 'heddle';
    import { tellTwiceLater } from './fixtures/threads/calls-out.js';
    import { add } from './fixtures/threads/jobs.js';
    const pool = new ThreadPool({ max: 1 });
    const flag = new Int32Array(new SharedArrayBuffer(4));
    await pool.defer(tellTwiceLater, notify(function progress() { console.log('told'); }), flag);
    while (Atomics.load(flag, 0) === 0) await new Promise(setImmediate);
    console.log(await pool.defer(add, 1, 2), pool.statistics().threads);
    await pool.stop();
  `);
  assert.equal(stdout.trim(), '3 1');
  assert.equal(stderr.match(/HEDDLE_JOB_ENDED\] Warning: progress was passed to a call that has ended/g)?.length, 1);
  assert.equal(code, 0);
});

test('initThread may call what it captures', limit, async (t) => {
  const told: string[] = [];
  const ready = notify((name: string) => told.push(name));
  const pool = poolFor(t, { max: 1, initThread: () => ready('a thread') });
  assert.equal(await pool.defer(add, 1, 2), 3);
  assert.deepEqual(told, ['a thread']);
});

test('a passed function runs in the async context in which it was passed', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const storage = new AsyncLocalStorage<string>();
  const seen: unknown[] = [];
  const call = storage.run('request 7', () =>
    pool.defer(
      jobs.countTo,
      1,
      notify(() => seen.push(storage.getStore())),
    ),
  );
  await storage.run('another', () => call);
  assert.deepEqual(seen, ['request 7']);
});

test('a function that a thread has imported is called in the instance of its module here', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  ledger.entered.length = 0;
  await pool.defer(jobs.enterByCall, [1, 2, 3]);
  assert.equal(await pool.defer(jobs.askLedger, 4), 4);
  assert.deepEqual(ledger.entered, [1, 2, 3, 4]);
  assert.equal(await pool.defer(jobs.enteredHere), 0);
  assert.deepEqual(await pool.defer(jobs.askNode, '[1]'), [1]);
});

test("a function that a thread calls here sees no other call's async context", limit, async (t) => {
  const pool = poolFor(t, { max: 1, concurrency: 4 });
  // Where calls are short, the loop looks for their results by itself, in the context of one of them.
  for (let n = 0; n < 300; n++) await pool.defer(add, n, 1);
  const answers = pool.defer(jobs.askWhoAsks, 2_000);
  await tenant.run('another', async () => {
    while (!answers.called) await pool.defer(add, 1, 2);
  });
  assert.deepEqual(await answers, ['undefined of undefined']);
});

test('a call whose function the reactor has to load first is not overtaken by later ones', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  ledger.entered.length = 0;
  // From here on this one need not be looked for.
  await pool.defer(jobs.enterByCall, [0]);
  await until(() => ledger.entered.length === 1);
  const opened = new Deferred<void>();
  Reflect.set(globalThis, 'lateLedger', opened);
  t.after(() => Reflect.deleteProperty(globalThis, 'lateLedger'));
  // Imported here by its type alone.
  const url = new URL('../../fixtures/threads/late-ledger.js', import.meta.url);
  await pool.defer(threadFunction<typeof enterLateAndSoon>(url, 'enterLateAndSoon'));
  assert.deepEqual(ledger.entered, [0]);
  opened.callback();
  await until(() => ledger.entered.length === 4);
  assert.deepEqual(ledger.entered, [0, 1, 2, 3]);
});

test('what was passed can be called without waiting, and waited for, whatever it was passed with', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  for (const pass of [ask, notify]) {
    const seen: number[] = [];
    assert.equal(await pool.defer(jobs.callEither, pass((n: number) => seen.push(n)) as never), 2);
    assert.deepEqual(seen, [1, 2]);
  }
});

test('a function that only its thread has is refused, with the way out', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  for (const [job, why] of [
    [jobs.askHidden, /hidden.*does not export it.*ask\(fn\)/],
    [jobs.askTwin, /several that are written the same/],
  ] as const) {
    const error = await errorOf(pool.defer(job), Error);
    assert.equal((error as { code?: string }).code, 'HEDDLE_NO_SUCH_FUNCTION');
    assert.match(error.message, why);
  }
});

test('a function that was not there yet is looked for again', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  for (let round = 0; round < 2; round++) {
    const error = await errorOf(pool.defer(jobs.askLate), Error);
    assert.equal((error as { code?: string }).code, 'HEDDLE_NO_SUCH_FUNCTION');
  }
  ledger.publish();
  assert.equal(await pool.defer(jobs.askLate), 7);
});

test('what fails where no thread waits for it is reported', limit, async () => {
  const { code, stdout, stderr } = await runProgram(`
    import { deferToThread, notify } from 'heddle';
    import { countTo, enterByCall } from './fixtures/threads/calls-out.js';
    const failing = (n) => { throw new RangeError('told ' + n); };
    console.log(await deferToThread(countTo, 1, notify(failing)));
  `);
  assert.equal(stdout.trim(), '1');
  assert.match(stderr, /Unhandled failure in a Deferred[^]*RangeError: told 1/);
  assert.equal(code, 1);
});

test('calls that wait for threads of their own pool do not lock it up', limit, async (t) => {
  const pool = poolFor(t, { max: 2 });
  const nested = (depth: number): Promise<number> =>
    pool
      .defer(
        jobs.askFor<number>,
        depth,
        ask((n) => (n === 0 ? 0 : nested(n - 1).then((below) => below + 1))),
      )
      .toPromise();
  assert.deepEqual(await Promise.all([nested(3), nested(3), nested(3)]), [3, 3, 3]);
});

test('what was sent ahead to a thread that waits goes to another', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  for (let n = 0; n < 50; n++) {
    await pool.defer(
      jobs.askFor<number>,
      1,
      ask(() => n),
    );
    await pool.defer(add, n, 1);
  }
  const behind = new Deferred<number>();
  const asked = pool.defer(
    jobs.askFor<number>,
    1,
    ask(() => behind),
  );
  const sums = [1, 2, 3].map((n) => pool.defer(add, n, n));
  const last = await Promise.all(sums);
  behind.callback(7);
  assert.deepEqual(last, [2, 4, 6]);
  assert.equal(await asked, 7);
});

for (const onCancel of ['terminate', 'cooperate'] as const) {
  test(`a thread that waits for an answer is released when its call is given up (${onCancel})`, limit, async (t) => {
    const pool = poolFor(t, { max: 1 });
    const noted = sharedInts(1);
    const asked = new Deferred<void>();
    const never = (): Promise<number> => {
      asked.callback();
      return new Promise(() => {});
    };
    const call = pool.with({ onCancel, grace: 25_000 }).defer(jobs.askForEver, ask(never), noted);
    await asked;
    // It is about to sleep: given up before that, it would not have to be woken.
    await pause(20);
    call.cancel();
    await errorOf(call, Error);
    await until(() => Atomics.load(noted, 0) !== 0);
    assert.equal(Atomics.load(noted, 0), 1);
    assert.equal(await pool.defer(add, 1, 2), 3);
  });
}

test('what ends a wait says for whom the thread waited, also where that has no name', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const asked = new Deferred<void>();
  const call = pool.with({ onCancel: 'cooperate' }).defer(
    jobs.askUntilGivenUp,
    ask(() => {
      asked.callback();
      return new Promise(() => {});
    }),
  );
  await asked;
  call.cancel();
  await errorOf(call, Error);
  assert.equal(
    await pool.defer(jobs.howTheLastWaitEnded),
    'The thread waits no longer for an anonymous function: the call that it works for was given up.',
  );
});

test('an answer that comes too late goes nowhere', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const noted = sharedInts(1);
  const late = new Deferred<number>();
  const asked = new Deferred<void>();
  const call = pool.with({ onCancel: 'cooperate' }).defer(
    jobs.askForEver,
    ask(() => {
      asked.callback();
      return late;
    }),
    noted,
  );
  await asked;
  call.cancel();
  await errorOf(call, Error);
  await until(() => Atomics.load(noted, 0) === 1);
  const next = pool.defer(
    jobs.askFor<number>,
    5,
    ask(async (n) => {
      late.callback(-1);
      await nextTurn();
      return n;
    }),
  );
  assert.equal(await next, 5);
});

test('a pool that is stopped with a deadline releases threads that wait', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const asked = new Deferred<void>();
  const call = pool.defer(
    jobs.askFor<number>,
    1,
    ask(() => {
      asked.callback();
      return new Promise<number>(() => {});
    }),
  );
  await asked;
  const stopped = pool.stop({ deadline: 0 });
  assert.equal(((await errorOf(call, Error)) as { code?: string }).code, 'HEDDLE_POOL_STOPPED');
  await stopped;
});

test('in the reactor’s thread a call is made in a later turn, and waiting for one is refused', limit, async () => {
  ledger.entered.length = 0;
  callFromThread(ledger.enter, 1);
  assert.deepEqual(ledger.entered, []);
  await until(() => ledger.entered.length > 0);
  assert.throws(() => blockingCallFromThread(ledger.enterLater, 1), { code: 'HEDDLE_BLOCKS_REACTOR' });
});

test('in the reactor’s thread, what is no function is refused as in any other', () => {
  for (const call of [callFromThread, blockingCallFromThread] as ((f: unknown) => void)[]) {
    for (const value of [undefined, Object.create(null)]) {
      assert.throws(() => call(value), { code: 'HEDDLE_NOT_A_FUNCTION' });
    }
  }
});

test('passed functions can be called where they come from', () => {
  const seen: number[] = [];
  notify((n: number) => seen.push(n))(1);
  assert.deepEqual(seen, [1]);
  assert.equal(ask((n: number) => n + 1)(1), 2);
  assert.equal(inThread(add)(1, 2), 3);
});

test('what is passed to a thread must be a function, and is refused at once if it is none', () => {
  for (const pass of [notify, ask, inThread]) {
    for (const wrong of [undefined, null, 5, {}]) {
      assert.throws(() => pass(wrong as never), InvalidArgumentError);
    }
  }
});

test('what stands for a function and is exported by a module is the module’s in the thread', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  assert.deepEqual(await Promise.all([pool.defer(twice, 2), pool.defer(twice, 3)]), [4, 6]);
  assert.equal(await pool.defer(twice, 4), 8);
});

test('what stands for a function among the arguments cannot be deferred in its place', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const identity = (n: number): number => n;
  const ways = { notify: notify(identity), ask: ask(identity), inThread: inThread(identity) };
  for (const [name, passed] of Object.entries(ways as unknown as Record<string, typeof identity>)) {
    for (const call of [pool.defer(passed, 1), pool.defer(jobs.callOnly, inThread(passed as never))]) {
      const error = await errorOf(call, CallableError);
      assert.equal(error.code, 'HEDDLE_NOT_A_FUNCTION');
      assert.match(error.message, new RegExp(`^What ${name}\\(fn\\) gives`));
    }
  }
});

test('an answer that cannot be sent is thrown in the thread', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const gone = new Uint8Array(8);
  structuredClone(gone.buffer, { transfer: [gone.buffer] });
  const unreadable = Object.defineProperty({}, 'then', {
    get(): never {
      throw new RangeError('not to be read');
    },
  });
  const answers: [() => unknown, RegExp][] = [
    [() => gone, /^answer: Uint8Array cannot be sent to another thread\. Its memory has been moved/],
    [async () => gone, /^answer: Uint8Array cannot be sent to another thread\. Its memory has been moved/],
    [() => unreadable, /not to be read/],
  ];
  for (const [answer, message] of answers) {
    assert.match((await errorOf(pool.defer(jobs.callOnly, ask(answer as () => number)), Error)).message, message);
  }
  assert.equal(await pool.defer(add, 1, 2), 3);
});
