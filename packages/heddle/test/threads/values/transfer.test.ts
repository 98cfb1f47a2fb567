import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import { CancelledError, type Deferred } from 'heddle/defer';
import { MemoryThreadPool } from 'heddle/testing';
import {
  type Movable,
  notify,
  PoolFullError,
  ProcessPool,
  type ThreadPool,
  transfer,
  UnclonableError,
} from 'heddle/threads';
import { add, passGate } from '../../fixtures/threads/jobs.ts';
import {
  fixedMemory,
  giveFixedMemory,
  giveSlab,
  handBack,
  isBuffer,
  isSame,
  lengthOf,
  readPort,
  tellFixedMemory,
  throwMoved,
} from '../../fixtures/threads/moved.ts';
import { passGateIfAny } from '../../fixtures/threads/short-calls.ts';
import { waitForFlag } from '../../fixtures/threads/together.ts';
import { errorOf, failureOf } from '../../support/failure-of.ts';
import { Gate, sharedInts } from '../../support/gate.ts';
import { poolFor, poolOfOne } from '../../support/pools.ts';
import { notInThisNode } from '../../support/skip.ts';

const limit = { timeout: 30_000 };

const pools: readonly [string, (t: Parameters<typeof poolFor>[0]) => ThreadPool, (pool: ThreadPool) => void][] = [
  ['ThreadPool', (t) => poolFor(t), () => {}],
  ['MemoryThreadPool', () => new MemoryThreadPool(), (pool) => void (pool as MemoryThreadPool).performAll()],
];

for (const [name, make, work] of pools) {
  test(`${name}: memory moves there and back, and is gone where it was`, limit, async (t) => {
    const pool = make(t);
    for (const length of [8, 1_000_000]) {
      const bytes = new Uint8Array(length);
      const call = pool.defer(handBack, transfer(bytes));
      work(pool);
      const back = await call;
      assert.equal(back[0], 7);
      assert.equal(back.length, length);
      assert.equal(bytes.length, 0);
    }
  });

  test(`${name}: what is moved may lie at any depth and occur more than once`, limit, async (t) => {
    const pool = make(t);
    const memory = new ArrayBuffer(16);
    const mark = transfer(memory);
    const call = pool.defer(isSame, { one: memory, others: [mark, transfer(memory), mark] });
    work(pool);
    assert.equal(await call, true);
    assert.equal(memory.byteLength, 0);
  });

  test(`${name}: a Buffer that is moved arrives as a Buffer`, limit, async (t) => {
    const pool = make(t);
    const buffer = Buffer.alloc(10_000);
    const call = pool.defer(isBuffer, transfer(buffer));
    work(pool);
    assert.equal(await call, true);
    assert.equal(buffer.length, 0);
  });

  test(`${name}: a port moves to the thread, and a stream moves back`, limit, async (t) => {
    const pool = make(t);
    const { port1, port2 } = new MessageChannel();
    t.after(() => port1.close());
    port1.postMessage('through the port');
    const call = pool.defer(readPort, transfer(port2));
    work(pool);
    const messages: unknown[] = [];
    for await (const message of await call) messages.push(message);
    assert.deepEqual(messages, ['through the port']);
  });

  test(`${name}: what cannot be moved is refused by name, in arguments and in results`, limit, async (t) => {
    const pool = make(t);
    const refused: [object, RegExp][] = [
      [{ a: 1 }, /^args\[0\]\.one: Object cannot be moved to another thread\. What can be moved/],
      [new SharedArrayBuffer(8), /^args\[0\]\.one: SharedArrayBuffer cannot be moved .* pass it without transfer/],
      [new Uint8Array(new ArrayBuffer(8), 4), /^args\[0\]\.one: Uint8Array cannot be moved .* part of a larger/],
      [
        Buffer.from('slab'),
        /^args\[0\]\.one: Buffer cannot be moved .* part of a larger ArrayBuffer.* transfer\(new Uint8Array\(buffer\)\)\.$/,
      ],
      [7 as unknown as object, /^args\[0\]\.one: 7 cannot be moved/],
    ];
    for (const [value, message] of refused) {
      const call = pool.defer(isSame, { one: transfer(value as Movable), others: [] });
      work(pool);
      assert.match((await errorOf(call, UnclonableError)).message, message);
    }
    const slab = pool.defer(giveSlab);
    work(pool);
    assert.match((await errorOf(slab, UnclonableError)).message, /^result\.part: Buffer cannot be moved/);
  });

  test(`${name}: memory that has been moved before cannot be moved again`, limit, async (t) => {
    const pool = make(t);
    const bytes = new Uint8Array(8);
    const first = pool.defer(lengthOf, transfer(bytes));
    const second = pool.defer(lengthOf, transfer(bytes));
    work(pool);
    assert.equal(await first, 8);
    const error = await errorOf(second, UnclonableError);
    assert.match(error.message, /^args\[0\]: Uint8Array cannot be moved .* It has been moved before/);
    const empty = pool.defer(lengthOf, transfer(new ArrayBuffer(0)));
    work(pool);
    assert.equal(await empty, 0);
  });

  test(`${name}: an error arrives with a copy of what it had marked`, limit, async (t) => {
    const pool = make(t);
    const call = pool.defer(throwMoved);
    work(pool);
    const error = (await failureOf(call)) as Error & { bytes: Uint8Array };
    assert.deepEqual([error.message, error.bytes], ['no', new Uint8Array([1, 2])]);
  });
}

for (const [name, make, work] of [
  ...pools,
  ['ProcessPool', (t) => poolOfOne(t, ProcessPool), () => {}] satisfies (typeof pools)[number],
]) {
  test(`${name}: memory that cannot leave its place is refused both ways, and nothing else is gone`, {
    ...limit,
    skip: notInThisNode('refusing to move WebAssembly memory'),
  }, async (t) => {
    const pool = make(t);
    const unsent = (call: Deferred<unknown>): Promise<UnclonableError> => {
      work(pool);
      return errorOf(call, UnclonableError);
    };
    assert.match((await unsent(pool.defer(giveFixedMemory))).message, /^The result cannot be sent to/);
    const bytes = new Uint8Array(8);
    const { message } = await unsent(pool.defer(isSame, { one: transfer(bytes), others: [transfer(fixedMemory())] }));
    assert.match(message, /^The arguments of isSame cannot be sent to/);
    assert.equal(bytes.length, 8);
    const told: unknown[] = [];
    const call = pool.defer(
      tellFixedMemory,
      notify((memory: ArrayBuffer) => told.push(memory)),
    );
    work(pool);
    assert.equal(await call, 'UnclonableError');
    assert.deepEqual(told, []);
  });
}

test('a call that moves something is not sent ahead, so that it can go to another thread', limit, async (t) => {
  const pool = poolFor(t, { max: 2 });
  // Known to be short, so that others would be sent ahead.
  for (let round = 0; round < 50; round++) await Promise.all([pool.defer(passGateIfAny), pool.defer(add, 1, round)]);
  const gates = [new Gate(), new Gate()] as const;
  const stuck = pool.with({ onCancel: 'cooperate' }).defer(passGateIfAny, gates[0].shared);
  const other = pool.defer(passGateIfAny, gates[1].shared);
  for (const gate of gates) await gate.entered();
  const moves = Array.from({ length: 10 }, (_, index) => pool.defer(lengthOf, transfer(new ArrayBuffer(index + 1))));
  gates[1].open();
  await other;
  assert.deepEqual(
    await Promise.all(moves),
    moves.map((_, index) => index + 1),
  );
  stuck.cancel();
  await errorOf(stuck, CancelledError);
});

test('calls that move something keep their order in a thread that has short ones', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  for (let round = 0; round < 50; round++) await pool.defer(add, 1, round);
  const order: number[] = [];
  const calls = Array.from({ length: 20 }, (_, index) => {
    const call = index % 3 === 0 ? pool.defer(lengthOf, transfer(new ArrayBuffer(8))) : pool.defer(add, 1, 2);
    return call.addCallback(() => order.push(index));
  });
  await Promise.all(calls);
  assert.deepEqual(
    order,
    calls.map((_, index) => index),
  );
});

test('a waiting call that is cancelled keeps what it would have moved', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  for (let round = 0; round < 50; round++) await pool.defer(passGateIfAny);
  const gate = new Gate();
  const before = pool.defer(passGateIfAny, gate.shared);
  const bytes = new Uint8Array(8);
  const call = pool.defer(lengthOf, transfer(bytes));
  await gate.entered();
  call.cancel();
  await errorOf(call, CancelledError);
  gate.open();
  await before;
  assert.equal(bytes.length, 8);
  assert.equal(await pool.defer(lengthOf, transfer(bytes)), 8);
});

test(
  'a call that has moved something to a thread that still starts stays there when another becomes idle',
  limit,
  async (t) => {
    const pool = poolFor(t, { max: 2 });
    const gate = new Gate();
    const running = pool.defer(passGate, gate.shared);
    await gate.entered();
    const bytes = new Uint8Array(8);
    const call = pool.defer(lengthOf, transfer(bytes));
    const behind = pool.defer(add, 1, 2);
    // The function has been looked up and the call sent, before the new thread can have started.
    while (bytes.length > 0) await new Promise((resolve) => setImmediate(resolve));
    gate.open();
    await running;
    assert.equal(await call, 8);
    assert.equal(await behind, 3);
  },
);

for (const knowledge of ['known', 'still looked for']) {
  test(
    `a call that moves something waits, and counts as waiting, until no other is in its thread (a function that is ${knowledge})`,
    limit,
    async (t) => {
      const pool = poolFor(t, { max: 1, concurrency: 3, maxQueue: 0 });
      if (knowledge === 'known') await pool.defer(lengthOf, new ArrayBuffer(8));
      const flag = sharedInts(2);
      const beside = pool.defer(waitForFlag, flag);
      while (Atomics.load(flag, 1) === 0) await nextTurn();
      const moving = pool.defer(lengthOf, transfer(new ArrayBuffer(8)));
      while (pool.statistics().backlog === 0 && !t.signal.aborted) await nextTurn();
      assert.deepEqual(
        pool.calls().map(({ functionName, state }) => [functionName, state]),
        [
          ['waitForFlag', 'running'],
          ['lengthOf', 'waiting'],
        ],
      );
      assert.match(pool.dumpStats(), /1 calls wait\n[^]*running: waitForFlag\n {2}waiting: lengthOf$/);
      await errorOf(pool.defer(add, 1, 2), PoolFullError);
      const drained = pool.drain();
      await nextTurn();
      assert.equal(drained.called, false);
      Atomics.store(flag, 0, 1);
      await Promise.all([beside, drained]);
      assert.equal(await moving, 8);
      assert.equal(pool.statistics().backlog, 0);
    },
  );
}
