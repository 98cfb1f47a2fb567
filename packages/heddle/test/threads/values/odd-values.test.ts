import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { errorOf, failureOf } from '../../support/failure-of.ts';
import { notInThisNode } from '../../support/skip.ts';
import { ask } from 'heddle';
import { measureCopy } from 'heddle/inspect';
import { ProcessPool, registerCodec, ThreadPool, transfer, UnclonableError } from 'heddle/threads';
import * as odd from '../../fixtures/threads/odd-values.ts';
import { throwingGetter } from '../../fixtures/threads/hostile.ts';
import { identity } from '../../fixtures/threads/jobs.ts';
import { poolOfOne } from '../../support/pools.ts';

const limit = { timeout: 60_000 };

class User {
  readonly name = 'Ann';
}

class Frozen extends Error {
  readonly cents: number;

  constructor(cents: number) {
    super('frozen');
    this.cents = cents;
  }
}

function on(extra: unknown): unknown[] {
  return Object.assign([1, 2], { extra });
}

for (const Pool of [ThreadPool, ProcessPool]) {
  const { name } = Pool;
  const poolFor = (t: TestContext): ThreadPool => poolOfOne(t, Pool);

  test(`${name}: what hangs on an array under a name arrives as it would elsewhere`, limit, async (t) => {
    const pool = poolFor(t);
    const coded = Object.assign(new Error('late'), { code: 'LATE' });
    assert.deepEqual(await pool.defer(odd.namedOn, on(Buffer.from('six by'))), ['Buffer', 'six by', true]);
    assert.deepEqual(await pool.defer(odd.namedOn, on(coded)), ['Error', 'LATE']);
    assert.deepEqual(await pool.defer(odd.namedOn, on({ a: [1] })), ['object', '{"a":[1]}']);
    const moved = new Uint8Array(40);
    assert.deepEqual(await pool.defer(odd.namedOn, on(transfer(moved))), ['Uint8Array', 40]);
    assert.equal(moved.byteLength, 0);
  });

  test(`${name}: what cannot be sent is refused by its path, also under a name on an array`, limit, async (t) => {
    const pool = poolFor(t);
    const refused = await errorOf(pool.defer(odd.namedOn, on(new User())), UnclonableError);
    assert.match(refused.message, /^args\[0\]\.extra: User cannot be sent/);
    const inResult = await errorOf(
      pool.defer(() => Object.assign([1], { extra: () => 1 })),
      UnclonableError,
    );
    assert.match(inResult.message, /^result\.extra: function extra cannot be sent/);
  });

  test(`${name}: a Buffer and another view of its memory share it in the thread, at each call`, limit, async (t) => {
    const pool = poolFor(t);
    for (const size of [8, 40_000]) {
      for (let call = 0; call < 3; call++) {
        const memory = new ArrayBuffer(size);
        const given = { bytes: Buffer.from(memory), same: new Uint8Array(memory) };
        assert.equal(await pool.defer(odd.writeAndRead, given), 7);
      }
    }
  });

  test(`${name}: a Buffer that a getter makes anew each time is a Buffer in the thread`, limit, async (t) => {
    const lazy = {
      get body(): Buffer {
        return Buffer.from('body');
      },
    };
    const given = { lazy, map: new Map() };
    const arrived = poolFor(t).defer(({ lazy: { body } }: typeof given) => odd.describe(body), given);
    assert.deepEqual(await arrived, ['Buffer', 'body', true]);
  });

  test(`${name}: a Buffer within what a getter makes anew each time is a Buffer in the thread`, limit, async (t) => {
    const lazy = {
      get message(): { readonly parts: readonly Buffer[] } {
        // With memory of its own, which structured clone could take as it is.
        return { parts: [Buffer.alloc(4, 'body')] };
      },
    };
    const given = { lazy, map: new Map() };
    const pool = poolFor(t);
    const arrived = pool.defer(({ lazy: { message } }: typeof given) => odd.describe(message.parts[0]), given);
    assert.deepEqual(await arrived, ['Buffer', 'body', true]);
  });

  test(
    `${name}: an arguments object is refused by its path, whether its function is known or not`,
    limit,
    async (t) => {
      const pool = poolFor(t);
      const argumentsOf = function (): IArguments {
        // biome-ignore lint/complexity/noArguments: it is what is tested
        return arguments;
      };
      const given = (argumentsOf as (...args: number[]) => IArguments)(1, 2);
      const lengthOf = ({ length }: { readonly length: number }): number => length;
      for (const call of ['first', 'second', 'third']) {
        const { message } = await errorOf(pool.defer(lengthOf, given), UnclonableError);
        assert.match(message, /^args\[0\]: an arguments object cannot be sent .*\[\.\.\.arguments\]\.$/, call);
        assert.equal(await pool.defer(lengthOf, [1, 2]), 2);
      }
    },
  );

  test(`${name}: an object that has no class to be named by is not called plain as it is refused`, limit, async (t) => {
    const pool = poolFor(t);
    function Archive(): void {}
    Archive.prototype = { list() {} };
    const archive = Reflect.construct(Archive, []) as object;
    const nameless = new (class {
      list(): void {}
    })();
    for (const value of [archive, nameless, Object.create({ list() {} }) as object]) {
      const { message } = await errorOf(pool.defer(identity, { a: value }), UnclonableError);
      assert.match(message, /^args\[0\]\.a: an object with a prototype of its own cannot be sent to another thread\./);
    }
  });

  test(`${name}: whatever a getter throws, the value alone is refused, and its thread goes on`, limit, async (t) => {
    const pool = poolFor(t);
    const before = await pool.defer(odd.whichThreadOrProcess);
    assert.match(
      (await errorOf(pool.defer(identity, throwingGetter()), UnclonableError)).message,
      /^The arguments of identity/,
    );
    assert.match((await errorOf(pool.defer(throwingGetter), UnclonableError)).message, /^The result cannot be sent/);
    assert.equal(await pool.defer(odd.whichThreadOrProcess), before);
  });

  test(`${name}: what cannot be sent is refused by its path, whatever its class has for a name`, limit, async (t) => {
    const pool = poolFor(t);
    const throws = (): never => assert.fail('not to be asked');
    const classes = [
      class {
        static name = Symbol('odd');
      },
      Object.defineProperty(class {}, 'name', { get: throws }),
    ];
    const made = [
      ...classes.map((Odd) => new Odd()),
      Object.create(Object.defineProperty({}, 'constructor', { get: throws })),
    ];
    for (const value of made) {
      const { message } = await errorOf(pool.defer(identity, { value }), UnclonableError);
      assert.match(message, /^args\[0\]\.value: an object with a prototype of its own cannot be sent/);
    }
    const named = Object.defineProperty(() => 1, 'name', { value: Symbol('odd') });
    const { message } = await errorOf(pool.defer(identity, { named }), UnclonableError);
    assert.match(message, /^args\[0\]\.named: function \(anonymous\) cannot be sent/);
  });

  test(`${name}: memory that is gone is refused by its path`, limit, async (t) => {
    const pool = poolFor(t);
    const gone = new Uint8Array(8);
    structuredClone(gone, { transfer: [gone.buffer] });
    for (const value of [gone, gone.buffer]) {
      const error = await errorOf(pool.defer(identity, { a: [value] }), UnclonableError);
      assert.match(
        error.message,
        /^args\[0\]\.a\[0\]: \w+ cannot be sent to another thread\. Its memory has been moved/,
      );
    }
    assert.equal(await pool.defer(identity, 5), 5);
  });

  test(`${name}: the same memory may be moved as an argument and as what the function captures`, limit, async (t) => {
    const pool = poolFor(t);
    const bytes = new Uint8Array([1, 2, 3]);
    const marked = transfer(bytes);
    const lengths = await pool.defer((given: Uint8Array) => [given.length, marked.length], marked);
    assert.deepEqual(lengths, [3, 3]);
    assert.equal(bytes.length, 0);
  });

  test(`${name}: a function reads what it captures to be moved as what it is`, limit, async (t) => {
    const pool = poolFor(t);
    const marked = transfer(new Uint8Array([1, 2, 3]));
    assert.equal(await pool.defer(() => marked.length), 3);
    const box = { pixels: transfer(new Uint8Array([1, 2])) };
    assert.equal(await pool.defer(() => box.pixels.length), 2);
  });

  test(`${name}: a SuppressedError is one on the other side`, {
    ...limit,
    skip: notInThisNode('SuppressedError'),
  }, async (t) => {
    const error = await errorOf(poolFor(t).defer(odd.throwSuppressed), SuppressedError);
    assert.deepEqual([error.message, (error.error as Error).message], ['both', 'second']);
  });

  test(`${name}: an answer that is gone is refused by its code`, limit, async (t) => {
    const gone = new ArrayBuffer(8);
    structuredClone(gone, { transfer: [gone] });
    const pool = poolFor(t);
    const error = await errorOf(
      pool.defer(
        odd.callOf,
        ask(() => gone),
      ),
      UnclonableError,
    );
    assert.match(error.message, /^answer: ArrayBuffer cannot be sent to another thread\. Its memory has been moved/);
  });

  test(`${name}: an answer that is too deep to be read is refused by its code`, limit, async (t) => {
    let deep: unknown = 1;
    for (let level = 0; level < 6000; level++) deep = [deep];
    const error = await failureOf(
      poolFor(t).defer(
        odd.callOf,
        ask(() => deep),
      ),
    );
    assert.equal((error as { code?: unknown }).code, 'HEDDLE_UNCLONABLE', String(error));
  });
}

test('a codec may make an error that cannot be changed', () => {
  registerCodec(Frozen, {
    name: 'odd-values-frozen',
    encode: ({ cents }) => cents,
    decode: (cents) => Object.freeze(new Frozen(cents)),
  });
  assert.equal(measureCopy(new Frozen(5), 'value').isCloneable, true);
});

test('a value whose getter throws is told of, and does not throw', () => {
  const thrower = {
    get broken(): never {
      throw new Error('no');
    },
  };
  assert.deepEqual(measureCopy(thrower, 'value'), { isCloneable: false, path: 'value', what: 'Object' });
});

test('what keeps a value from being copied is told of by a text, whatever its class has for a name', () => {
  const getter = { get: (): never => assert.fail('not to be asked') };
  for (const Odd of [
    class {
      static name = Symbol('odd');
    },
    Object.defineProperty(class {}, 'name', getter),
  ]) {
    const odd = measureCopy({ value: new Odd() }, 'it');
    assert.deepEqual(odd, { isCloneable: false, path: 'it.value', what: 'an anonymous class' });
  }
});
