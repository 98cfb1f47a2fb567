import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { BlockList } from 'node:net';
import { createHistogram, type Histogram, monitorEventLoopDelay, type RecordableHistogram } from 'node:perf_hooks';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { MessageChannel } from 'node:worker_threads';
import fc from 'fast-check';
import { Deferred } from 'heddle/defer';
import { ask, inThread, ThreadPool, transfer, UnclonableError } from 'heddle/threads';
import { giveSlabBuffer, inspectBytes, overwrite } from '../../fixtures/threads/bytes.ts';
import { countItems } from '../../fixtures/threads/items.ts';
import { add, Connection, connect, identity, kindOf } from '../../fixtures/threads/jobs.ts';
import { data, objectsWithin } from '../../support/arbitrary-data.ts';
import { errorOf } from '../../support/failure-of.ts';
import { sharedInts } from '../../support/gate.ts';
import { poolFor } from '../../support/pools.ts';

const limit = { timeout: 60_000 };
const pool = new ThreadPool({ name: 'payload', max: 1 });
after(() => pool.stop());

const thereAndBack = (value: unknown): PromiseLike<unknown> => pool.defer(identity<unknown>, value);

test('whatever data is sent arrives as it was, and is untouched where it came from', limit, async () => {
  await fc.assert(
    fc.asyncProperty(data, async (value) => {
      const arrived = await thereAndBack(value);
      assert.deepStrictEqual(arrived, value);
      assertSameIdentities(arrived, value);
      for (const object of objectsWithin(arrived)) {
        if (Buffer.isBuffer(object)) assert.equal(object.buffer.byteLength, object.byteLength);
      }
    }),
    { numRuns: 400 },
  );
});

test('an invalid date arrives as one', limit, async () => {
  const { date } = (await thereAndBack({ date: new Date(Number.NaN) })) as { date: Date };
  assert.ok(date instanceof Date);
  assert.equal(date.getTime(), Number.NaN);
});

test('what several arguments share, they share in the thread', limit, async () => {
  const shared = { n: 1 };
  const [first, second] = (await pool.defer(identity<unknown>, [shared, { shared }])) as [object, { shared: object }];
  assert.equal(second.shared, first);
  assert.notEqual(first, shared);
});

test(
  "a Buffer is a Buffer in the thread, and brings no other bytes than its own, as one out of Node's slab",
  limit,
  async () => {
    const text = 'a secret lies beside this';
    const buffers = [
      Buffer.from(text),
      Buffer.from(`--${text}--`).subarray(2, -2),
      Buffer.allocUnsafeSlow(text.length),
    ];
    buffers[2]!.write(text);
    for (const buffer of buffers) {
      assert.deepEqual(await pool.defer(inspectBytes, buffer), { isBuffer: true, text, memory: text.length });
    }
  },
);

test('a Buffer that a thread gives is a Buffer with its own bytes only', limit, async () => {
  const given = await pool.defer(giveSlabBuffer, 'from the slab');
  assert.ok(Buffer.isBuffer(given));
  assert.equal(given.toString(), 'from the slab');
  assert.equal(given.buffer.byteLength, given.byteLength);
});

test('the bytes of large Buffers are copied, never taken from their owner', limit, async () => {
  const large = Buffer.alloc(100_000, 'x');
  const part = Buffer.alloc(200_000, 'y').subarray(1, 150_000);
  const [a, b] = (await thereAndBack([large, part])) as [Buffer, Buffer];
  assert.ok(a.equals(large) && b.equals(part));
  assert.equal(large.byteLength, 100_000);
  assert.equal(part.byteLength, 149_999);
  await pool.defer(overwrite, large);
  assert.equal(large[0], 'x'.charCodeAt(0));
});

test('a Uint8Array stays one, and shared memory stays shared', limit, async () => {
  const bytes = new Uint8Array([1, 2, 3]);
  assert.deepEqual(await pool.defer(inspectBytes, bytes), { isBuffer: false, text: '\x01\x02\x03', memory: 3 });
  const shared = new Uint8Array(new SharedArrayBuffer(4)).fill(7);
  await pool.defer(overwrite, shared);
  assert.deepEqual([...shared], [0, 0, 0, 0]);
  const sharedBuffer = Buffer.from(new SharedArrayBuffer(4)).fill(7);
  await pool.defer(overwrite, sharedBuffer);
  assert.deepEqual([...sharedBuffer], [0, 0, 0, 0]);
});

test('an array that is mostly holes costs what is in it', limit, async () => {
  const sparse: unknown[] = [];
  sparse[2 ** 32 - 3] = Buffer.from('far out');
  const arrived = (await thereAndBack(sparse)) as unknown[];
  assert.equal(arrived.length, sparse.length);
  assert.equal(String(arrived[2 ** 32 - 3]), 'far out');
  const withFault: unknown[] = [];
  withFault[1_000_000_000] = new WeakMap();
  assert.match(
    (await errorOf(pool.defer(identity<unknown>, withFault), UnclonableError)).message,
    /^args\[0\]\[1000000000\]: WeakMap/,
  );
});

test("Node's own cloneable objects arrive", limit, async () => {
  const { publicKey } = generateKeyPairSync('ed25519');
  const list = new BlockList();
  list.addAddress('192.0.2.1');
  const arrived = (await thereAndBack({ publicKey, list, blob: new Blob(['text']) })) as {
    publicKey: typeof publicKey;
    list: BlockList;
    blob: Blob;
  };
  assert.ok(arrived.publicKey.equals(publicKey));
  assert.equal(arrived.list.check('192.0.2.1'), true);
  assert.equal(await arrived.blob.text(), 'text');
});

test('a histogram is one in both threads', limit, async () => {
  const histogram = createHistogram();
  histogram.record(1);
  const record = (into: RecordableHistogram, value: number): number => {
    into.record(value);
    return into.count;
  };
  assert.equal(await pool.defer(record, histogram, 5), 2);
  assert.equal(histogram.max, 5);
  const { of } = (await thereAndBack({ of: monitorEventLoopDelay() })) as { of: Histogram };
  assert.equal(of.count, 0);
});

test('a WebAssembly.Memory is one in both threads where it was made to be shared', limit, async () => {
  const { Memory } = Reflect.get(globalThis, 'WebAssembly') as {
    Memory: new (size: { initial: number; maximum: number; shared: boolean }) => { buffer: ArrayBufferLike };
  };
  const memory = new Memory({ initial: 1, maximum: 1, shared: true });
  const write = (into: { buffer: ArrayBufferLike }, value: number): void => {
    new Uint8Array(into.buffer)[0] = value;
  };
  await pool.defer(write, memory, 7);
  assert.equal(new Uint8Array(memory.buffer)[0], 7);
  const own = { memory: new Memory({ initial: 1, maximum: 1, shared: false }) };
  assert.match(
    (await errorOf(pool.defer(identity<unknown>, own), UnclonableError)).message,
    /^args\[0\]\.memory: Memory cannot be sent .* shared: true/,
  );
});

test('what cannot be copied is refused with the exact path to it', limit, async () => {
  class Account {}
  const unsendable: [make: () => unknown, name: string][] = [
    [() => new Account(), 'Account'],
    [() => Object.create({ inherited: true }) as unknown, 'an object with a prototype of its own'],
    [() => new (class extends Map {})(), ''],
    [() => new (class List extends Array {})(), 'List'],
    [() => function named() {}, 'function named'],
    [() => () => {}, 'function '],
    [() => Account, 'function Account'],
    [() => Symbol('mark'), 'Symbol(mark)'],
    [() => new Proxy({}, {}), 'a Proxy'],
    [() => new Proxy([], {}), 'a Proxy'],
    [() => new Proxy(new Account(), { getPrototypeOf: () => Object.prototype }), 'a Proxy'],
    [revokedProxy, 'a Proxy'],
    [() => new WeakMap(), 'WeakMap'],
    [() => new WeakSet(), 'WeakSet'],
    [() => new WeakRef({}), 'WeakRef'],
    [() => Promise.resolve(1), 'Promise'],
    [() => [][Symbol.iterator](), ''],
    [() => new URL('https://example.com'), 'URL'],
    [() => new AbortController().signal, 'AbortSignal'],
    [() => new MessageChannel().port1, 'MessagePort'],
  ];
  const step = fc.oneof(
    fc.nat({ max: 3 }).map((n) => ({
      wrap: (v: unknown) => [...Array.from({ length: n }, () => 'before'), v],
      path: `[${n}]`,
    })),
    fc.stringMatching(/^[a-z]{1,5}$/).map((k) => ({ wrap: (v: unknown) => ({ [k]: v }), path: `.${k}` })),
    fc.constantFrom('two words', 'an-other', "it's").map((k) => ({
      wrap: (v: unknown) => ({ [k]: v }),
      path: k.includes("'") ? `["${k}"]` : `['${k}']`,
    })),
    fc.nat().map((k) => ({ wrap: (v: unknown) => new Map([[k, v]]), path: `.get(${k})` })),
    fc.constant({ wrap: (v: unknown) => new Map([[v, 1]]), path: '.keys()' }),
    fc.constant({ wrap: (v: unknown) => new Set([v]), path: '.values()' }),
    fc.constant({ wrap: (v: unknown) => Object.assign(new Error('x'), { held: v }), path: '.held' }),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...unsendable), fc.array(step, { maxLength: 5 }), async ([make, name], steps) => {
      const argument = steps.reduceRight<unknown>((inner, { wrap }) => wrap(inner), make());
      const error = await errorOf(pool.defer(identity<unknown>, argument), UnclonableError);
      const start = `args[0]${steps.map(({ path }) => path).join('')}: ${name}`;
      assert.equal(error.message.slice(0, start.length), start);
    }),
    { numRuns: 300 },
  );
  assert.equal(await pool.defer(add, 1, 2), 3);
});

test('what is still awaited, and a signal, are refused with what to do instead', limit, async () => {
  const refused: [unknown, RegExp][] = [
    [Promise.resolve(1), /^args\[0\]: Promise cannot be sent to another thread\. It is still awaited: await it/],
    [new Deferred<number>(), /^args\[0\]: Deferred cannot be sent to another thread\. It is still awaited: await it/],
    [new AbortController().signal, /^args\[0\]: AbortSignal cannot be sent .*with\({ signal }\).* signal\(\) of/],
  ];
  for (const [value, message] of refused) {
    assert.match((await errorOf(pool.defer(identity<unknown>, value), UnclonableError)).message, message);
  }
});

test('no code of a Proxy runs when it is refused', limit, async () => {
  const traps = new Proxy({}, { get: (_target, trap) => () => assert.fail(`${String(trap)} was called`) });
  const error = await errorOf(pool.defer(identity<unknown>, [new Proxy({}, traps)]), UnclonableError);
  assert.match(error.message, /^args\[0\]\[0\]: a Proxy/);
});

test('plain data of another realm arrives as plain data of this one', limit, async () => {
  const foreign: unknown = vm.runInNewContext(
    `({ list: [1, , 'x'], map: new Map([[1, new Set([2])]]), date: new Date(0), regExp: /x/g,
        bytes: new Uint8Array([1, 2]), memory: new ArrayBuffer(2), view: new DataView(new ArrayBuffer(1)), none: Object.create(null),
        boxed: [Object(1), Object('x'), Object(false), Object(1n)] })`,
  );
  const withHole: unknown[] = [1];
  withHole[2] = 'x';
  assert.deepStrictEqual(await thereAndBack(foreign), {
    list: withHole,
    map: new Map([[1, new Set([2])]]),
    date: new Date(0),
    regExp: /x/g,
    bytes: new Uint8Array([1, 2]),
    memory: new ArrayBuffer(2),
    view: new DataView(new ArrayBuffer(1)),
    none: {},
    boxed: [Object(1), Object('x'), Object(false), Object(1n)],
  });
});

test('what is no plain data in another realm is refused as in this one', limit, async () => {
  for (const [source, name] of [
    ['new (class Foreign {})()', 'Foreign'],
    ['() => {}', 'function '],
    ['new WeakMap()', 'WeakMap'],
    ['new (class List extends Array {})()', 'List'],
    ['new Proxy({}, {})', 'a Proxy'],
  ] as const) {
    const error = await errorOf(
      pool.defer(identity<unknown>, { a: vm.runInNewContext(source) as unknown }),
      UnclonableError,
    );
    assert.equal(error.message.startsWith(`args[0].a: ${name}`), true, error.message);
  }
});

function revokedProxy(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** Walks both at once: where one has the same object twice, so must the other. */
function assertSameIdentities(arrived: unknown, sent: unknown): void {
  const [arrivedObjects, sentObjects] = [[...objectsWithin(arrived)], [...objectsWithin(sent)]];
  assert.equal(arrivedObjects.length, sentObjects.length);
  const all = new Set(sentObjects);
  assert.equal(
    arrivedObjects.some((object) => all.has(object)),
    false,
  );
}

test(
  'an array keeps its holes and what hangs on it under names, also where there are as many of these as of those',
  limit,
  async (t) => {
    const row: unknown[] = ['a'];
    row[2] = 'c';
    Object.assign(row, { note: 'x' });
    const arrived = await poolFor(t).defer(identity, row);
    assert.deepEqual(arrived, row);
    assert.equal(1 in arrived, false);
  },
);

test('what is used by its functions alone, of which nothing would arrive, is refused by its name', limit, async (t) => {
  const pool = poolFor(t);
  for (const value of [JSON, Math, { deep: [Reflect] }]) {
    const { message } = await errorOf(pool.defer(identity<unknown>, value), UnclonableError);
    assert.match(message, /(?:JSON|Math|Reflect) cannot be sent .* use it there by its name/);
  }
  // A tag of its own makes no object a special one.
  assert.deepEqual(await pool.defer(identity<unknown>, { [Symbol.toStringTag]: 'Own' }), {});
});

test('a generator is refused as a result with the way to have its items', limit, async (t) => {
  const { message } = await errorOf(poolFor(t).defer(countItems, 3, sharedInts(2)), UnclonableError);
  assert.match(message, /a generator cannot be sent .*iterateInThread/);
});

test('a generator is refused as an argument with the way to send its items', limit, async (t) => {
  const items = (function* (): Generator<number> {
    yield 1;
  })();
  const { message } = await errorOf(poolFor(t).defer(identity<unknown>, items), UnclonableError);
  assert.match(message, /^args\[0\]: a generator cannot be sent .*: send an array of them\.$/);
});

test('the refusal of a function names the marks for it only where a marked one is taken', limit, async (t) => {
  const pool = poolFor(t);
  const passed = await errorOf(pool.defer(identity<unknown>, { each: add }), UnclonableError);
  assert.match(passed.message, /^args\[0\]\.each: function add cannot be sent .*inThread\(fn\)/);
  const stays = /function add cannot be sent .*: call it there, and send what it gives\. .*bindToThread/;
  const typeName = ask((value: unknown) => typeof value);
  const giveAdd = ask((): unknown => add);
  const refused = [
    pool.defer(() => ({ add })),
    pool.defer(() => inThread(add)),
    pool.defer((question) => question(add), typeName),
    pool.defer((question) => question(inThread(add)), typeName),
    pool.defer((question) => question(), giveAdd),
  ];
  for (const call of refused) assert.match((await errorOf(call, UnclonableError)).message, stays);
});

test('the refusal of what is open says to open it in the thread, and what keeps it there', limit, async () => {
  const advice = / cannot be sent to another thread\. .* bindToThread /;
  for (const value of [new Connection(), new EventEmitter(), process.stdout]) {
    const { message } = await errorOf(pool.defer(identity<unknown>, { value }), UnclonableError);
    assert.match(message, new RegExp(`^args\\[0\\]\\.value: ${value.constructor.name}${advice.source}`));
  }
  const { message } = await errorOf(pool.defer(connect as () => unknown), UnclonableError);
  assert.match(message, new RegExp(`^result: Connection${advice.source}`));
  await using bound = pool.bind(connect);
  assert.equal(await bound.defer((connection) => connection instanceof Connection), true);
});

test('the refusal of a URL says what is taken in its place, and that is', limit, async (t) => {
  const pool = poolFor(t);
  const url = new URL(import.meta.url);
  const { message } = await errorOf(pool.defer(readFileSync, url), UnclonableError);
  assert.match(
    message,
    /^args\[0\]: URL cannot be sent to another thread\. Send its text, url\.href, .* fileURLToPath\(url\) /,
  );
  assert.deepEqual(await pool.defer(readFileSync, fileURLToPath(url)), readFileSync(url));
});

test(
  'what can only be given away is refused with the word that does so, which the thread then gives back',
  limit,
  async () => {
    const { port1 } = new MessageChannel();
    for (const [value, name] of [
      [port1, 'MessagePort'],
      [new ReadableStream(), 'ReadableStream'],
      [new WritableStream(), 'WritableStream'],
      [new TransformStream(), 'TransformStream'],
    ] as const) {
      const { message } = await errorOf(pool.defer(identity<unknown>, [value]), UnclonableError);
      assert.match(
        message,
        new RegExp(`^args\\[0\\]\\[0\\]: ${name} cannot be sent to another thread\\. .* transfer\\(`),
      );
      assert.equal(await pool.defer(kindOf, transfer(value)), name);
    }
    class MessagePort {}
    const { message } = await errorOf(pool.defer(identity<unknown>, new MessagePort()), UnclonableError);
    assert.match(message, /MessagePort cannot .* Only plain data /);
  },
);

test('the refusals of what fetch takes and gives say what is taken in its place, and that is', limit, async () => {
  const request = new Request('https://example.com/a', { method: 'POST', body: 'warp', headers: { a: 'b' } });
  const form = new FormData();
  form.append('of', 'weft');
  const params = new URLSearchParams('of=weft');
  const ways: readonly [value: object, way: RegExp, instead: unknown][] = [
    [
      request,
      /Request cannot .* url, \[\.\.\.headers\] .* arrayBuffer\(\)/,
      [request.url, await request.arrayBuffer()],
    ],
    [new Response(), /Response cannot .* arrayBuffer\(\)/, await new Response('weft').arrayBuffer()],
    [request.headers, /Headers cannot .* entries, \[\.\.\.headers\],/, [...request.headers]],
    [form, /FormData cannot .* entries, \[\.\.\.form\],/, [...form]],
    [params, /URLSearchParams cannot .* text, params\.toString\(\),/, params.toString()],
  ];
  for (const [value, way, instead] of ways) {
    assert.match((await errorOf(pool.defer(identity<unknown>, value), UnclonableError)).message, way);
    assert.deepEqual(await thereAndBack(instead), instead);
  }
  class Headers {}
  const { message } = await errorOf(pool.defer(identity<unknown>, new Headers()), UnclonableError);
  assert.match(message, /Headers cannot .* Only plain data /);
});
