import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { InvalidArgumentError } from 'heddle/defer';
import { MemoryThreadPool } from 'heddle/testing';
import { CodecError, registerCodec, ThreadPool, UnclonableError } from 'heddle/threads';
import * as failing from '../../fixtures/codecs/failing.ts';
import { Late } from '../../fixtures/codecs/registered-again.ts';
import * as shapes from '../../fixtures/codecs/shapes.ts';
import { add, identity } from '../../fixtures/threads/jobs.ts';
import { data, objectsWithin } from '../../support/arbitrary-data.ts';
import { errorOf } from '../../support/failure-of.ts';

const { Animal, Box, Car, Dog, Id, List, Node, Picture, Vehicle } = shapes;
const limit = { timeout: 60_000 };
const pool = new ThreadPool({ name: 'codecs', max: 1 });
after(() => pool.stop());

const thereAndBack = <T>(value: T): PromiseLike<T> => pool.defer(identity<unknown>, value) as PromiseLike<T>;

test(
  'an instance arrives as an instance, with its private parts, in a thread that has never heard of its class',
  limit,
  async () => {
    const picture = new Picture(3, Buffer.from('dots'));
    assert.deepEqual(await pool.defer(shapes.describePicture, picture), { isPicture: true, width: 3, text: 'dots' });
  },
);

test('the thread loads the module of a codec that its function does not bring', limit, async () => {
  const fresh = new ThreadPool({ max: 1 });
  try {
    const picture = await fresh.defer(identity<shapes.Picture>, new Picture(1, Buffer.from('one')));
    assert.ok(picture instanceof Picture);
    assert.equal(String(picture.pixels), 'one');
  } finally {
    await fresh.stop();
  }
});

test('a result is an instance of the class that the reactor knows', limit, async () => {
  const picture = await pool.defer(shapes.makePicture, 'made there');
  assert.ok(picture instanceof Picture);
  assert.deepEqual([picture.width, String(picture.pixels)], [7, 'made there']);
  assert.ok(Buffer.isBuffer(picture.pixels));
});

test(
  'instances with private constructors, of classes that extend Array, and of classes of other people travel',
  limit,
  async () => {
    const values = { id: Id.of('x1'), list: List.from([1, 2]), url: new URL('https://example.com/a?b') };
    const arrived = await thereAndBack(values);
    assert.deepStrictEqual(arrived, values);
    assert.ok(arrived.id instanceof Id && arrived.list instanceof List && arrived.url instanceof URL);
  },
);

test('whatever data instances hold and are held by arrives with the same parts in common', limit, async () => {
  // Each object of the data may be put into a Box, so that instances lie in all kinds of containers and in one another.
  await fc.assert(
    fc.asyncProperty(data, fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 8 }), async (value, choices) => {
      const { boxed, count } = box(value, choices);
      const arrived = await thereAndBack(boxed);
      assert.deepStrictEqual(arrived, boxed);
      const [there, here] = [objectsIn(arrived), objectsIn(boxed)];
      assert.equal(there.length, here.length);
      assert.equal(there.filter((object) => object instanceof Box).length, count);
      assert.equal(
        there.some((object) => here.includes(object)),
        false,
      );
    }),
    { numRuns: 200 },
  );
});

test('an instance that is met several times is encoded once and is one instance there', limit, async () => {
  const shared = new Box('shared');
  const before = Box.encoded;
  const [first, [second], map] = (await thereAndBack([shared, [shared], new Map([[shared, new Box(shared)]])])) as [
    shapes.Box,
    [shapes.Box],
    Map<shapes.Box, shapes.Box>,
  ];
  assert.equal(Box.encoded - before, 2);
  assert.ok(first instanceof Box);
  assert.equal(second, first);
  assert.equal(map.get(first)?.held, first);
});

test('instances that know one another arrive as the same circle, where their codec fills them', limit, async () => {
  const root = new Node();
  root.name = 'root';
  root.add('left').add('leaf');
  root.add('right');
  const arrived = await pool.defer(shapes.rename, root, 'renamed through the circle');
  assert.ok(arrived instanceof Node);
  assert.equal(arrived.name, 'renamed through the circle');
  assert.deepEqual(
    arrived.children.map(({ name }) => name),
    ['left', 'right'],
  );
  assert.equal(arrived.children[1]?.parent, arrived);
  assert.equal(arrived.children[0]?.children[0]?.parent?.parent, arrived);
});

test('a circle that a decode would have to see half made is refused, however it is closed', limit, async () => {
  const list: unknown[] = [];
  const direct = new Box(list);
  list.push(direct);
  const between: Record<string, unknown> = {};
  const inner = new Box(between);
  const circles: unknown[] = [direct, { first: { back: between }, inner: Object.assign(between, { inner }) }];
  for (const circle of circles) {
    const error = await errorOf(pool.defer(identity<unknown>, circle), CodecError);
    assert.equal(error.code, 'HEDDLE_CODEC_CYCLE');
    assert.equal(error.className, 'Box');
  }
  assert.equal(await pool.defer(add, 1, 2), 3);
});

test('circles of data within an instance, and around it, are no obstacle', limit, async () => {
  const inside: Record<string, unknown> = { n: 1 };
  inside['self'] = inside;
  const outside: Record<string, unknown> = { box: new Box(inside), inside };
  outside['self'] = outside;
  const arrived = await thereAndBack(outside as { box: shapes.Box; inside: object; self: object });
  assert.equal(arrived.self, arrived);
  assert.equal(arrived.box.held, arrived.inside);
  assert.deepStrictEqual(arrived, outside);
});

test('a codec serves its own class only, unless it says that it serves subclasses', limit, async () => {
  assert.deepEqual(await pool.defer(shapes.classNamesOf, new Animal(4)), ['Animal']);
  const error = await errorOf(pool.defer(shapes.classNamesOf, new Dog(4)), UnclonableError);
  assert.match(error.message, /^args\[0\]: Dog/);
  assert.deepEqual(await pool.defer(shapes.classNamesOf, new Vehicle(2), new Car()), ['Vehicle', 'Car']);
});

test('a thrown error of a class with a codec is one here, with its stack and its cause', limit, async () => {
  const error = await errorOf(pool.defer(failing.throwQuota, 9), failing.QuotaExceeded);
  assert.equal(error.limit, 9);
  assert.equal(error.message, 'no more than 9');
  assert.match(error.stack ?? '', /throwQuota/);
  assert.doesNotMatch(error.stack ?? '', /threads[/\\]entry[/\\]thread\.cjs/);
  assert.ok(error.cause instanceof failing.QuotaExceeded);
  assert.equal(error.cause.limit, 10);
});

test('an error of a class with a codec is one in the thread, and keeps its stack there and back', limit, async () => {
  const sent = new failing.QuotaExceeded(1, { cause: new failing.QuotaExceeded(2) });
  assert.equal(await pool.defer(failing.isQuota, sent), true);
  const arrived = await thereAndBack(sent);
  assert.ok(arrived instanceof failing.QuotaExceeded);
  assert.equal(arrived.stack, sent.stack);
});

test('an encode that throws is the failure, with the path to its instance and the error as cause', limit, async () => {
  const error = await errorOf(pool.defer(identity<unknown>, [{ who: new failing.Stubborn() }]), CodecError);
  assert.equal(error.code, 'HEDDLE_CODEC_FAILED');
  assert.equal(error.className, 'Stubborn');
  assert.match(error.message, /^args\[0\]\[0\]\.who: The codec of Stubborn failed in encode: will not go$/);
  assert.equal((error.cause as Error).message, 'will not go');
  const there = await errorOf(pool.defer(failing.giveStubborn), CodecError);
  assert.match(there.message, /^result\.deep\[0\]: The codec of Stubborn failed in encode: will not go$/);
});

test('a captured instance whose encode throws fails the call with what it threw', limit, async () => {
  const captured = { people: [new failing.Stubborn()] };
  const error = await errorOf(
    pool.defer(() => captured),
    CodecError,
  );
  assert.equal(error.code, 'HEDDLE_CODEC_FAILED');
  assert.equal(error.className, 'Stubborn');
  assert.match(error.message, /captures captured\.people\[0\]: The codec of Stubborn failed in encode: will not go$/);
  assert.equal((error.cause as Error).message, 'will not go');
});

test('an item whose encode throws is named as an item, and the generator has ended', limit, async () => {
  const items = pool.iterate(failing.itemsThenStubborn);
  assert.equal((await items.next()).value, 1);
  await assert.rejects(items.next(), (error) => {
    assert.ok(error instanceof CodecError);
    assert.equal(error.code, 'HEDDLE_CODEC_FAILED');
    assert.equal(error.className, 'Stubborn');
    assert.equal(error.message, 'item.deep[0]: The codec of Stubborn failed in encode: will not go');
    assert.equal((error.cause as Error).message, 'will not go');
    return true;
  });
  assert.equal((await items.next()).done, true);
});

test('a decode that throws is the failure, here and there', limit, async () => {
  for (const call of [pool.defer(identity<unknown>, new failing.Fragile('x')), pool.defer(failing.giveFragile)]) {
    const error = await errorOf(call, CodecError);
    assert.equal(error.code, 'HEDDLE_CODEC_FAILED');
    assert.match(error.message, /^The codec of Fragile failed in decode: broke on arrival$/);
    assert.equal((error.cause as Error).message, 'broke on arrival');
  }
});

test('a decode that gives a promise is refused, here and there', limit, async () => {
  for (const call of [pool.defer(identity<unknown>, [new failing.Tardy()]), pool.defer(failing.giveTardy)]) {
    const error = await errorOf(call, CodecError);
    assert.equal(error.code, 'HEDDLE_CODEC_FAILED');
    assert.equal(error.message, 'The codec of Tardy made a promise. Its decode must return an instance.');
  }
});

test('a create that gives no instance is named, and nothing is filled', limit, async () => {
  for (const [instance, message] of [
    [new failing.TardyToBegin(), 'The codec of TardyToBegin made a promise. Its create must return an instance.'],
    [new failing.Unmade(), 'The codec of Unmade made no object. Its create must return an instance.'],
  ] as const) {
    const error = await errorOf(pool.defer(identity<unknown>, [instance]), CodecError);
    assert.equal(error.code, 'HEDDLE_CODEC_FAILED');
    assert.equal(error.message, message);
  }
});

test('what a codec gives that cannot be sent is refused with its path', limit, async () => {
  const error = await errorOf(pool.defer(identity<unknown>, { a: new failing.Leaky() }), UnclonableError);
  assert.match(error.message, /^args\[0\]\.a\.encode\(\)\.retry: function retry/);
});

test(
  'a thrown error arrives whatever its codec does, and what hangs on it as far as it can be made',
  limit,
  async () => {
    const fragile = await errorOf(pool.defer(failing.throwFragile), Error);
    assert.equal(fragile.message, 'the message');
    assert.equal((fragile as failing.Fragile).part, 'still here');
    const holding = (await errorOf(pool.defer(failing.throwHolding, 'held'), SyntaxError)) as SyntaxError &
      Record<string, unknown>;
    assert.equal(holding.message, 'held');
    assert.match(String(holding['stubborn']), /^\[not cloneable: Stubborn/);
    assert.equal((holding['fragile'] as Error).message, 'x');
    assert.match(String(holding['threadOnly']), /^\[not cloneable: ThreadOnly/);
    assert.ok(holding['quota'] instanceof failing.QuotaExceeded);
  },
);

test('a thrown error that is its own cause arrives as such, if not as its class', limit, async () => {
  const error = await errorOf(pool.defer(failing.throwItself), RangeError);
  assert.equal(error.message, 'no more than 5');
  assert.equal(error.cause, error);
});

test('the reactor loads nothing for a result: it says which codec it has not got', limit, async () => {
  const error = await errorOf(pool.defer(failing.giveThreadOnly), CodecError);
  assert.equal(error.code, 'HEDDLE_CODEC_UNKNOWN');
  assert.equal(error.className, 'ThreadOnly');
  assert.match(error.message, /^This thread has no codec for ThreadOnly\..*failing\.js/);
});

test('a module that registers the codec in the reactor only is named', limit, async () => {
  const error = await errorOf(pool.defer(identity<unknown>, new failing.ReactorOnly()), CodecError);
  assert.equal(error.code, 'HEDDLE_CODEC_UNKNOWN');
  assert.match(
    error.message,
    /^The thread has loaded file:.*failing\.js, and that registered no codec for ReactorOnly/,
  );
});

test('a codec of the entry module, or of a module that cannot be loaded, is refused by name', limit, async () => {
  class AtHome {}
  class Nowhere {}
  registerCodec(AtHome, { encode: () => 1, decode: () => new AtHome() });
  registerCodec(Nowhere, { encode: () => 1, decode: () => new Nowhere(), module: 'file:///no/such/module.js' });
  const atHome = await errorOf(pool.defer(identity<unknown>, new AtHome()), CodecError);
  assert.equal(atHome.code, 'HEDDLE_CODEC_MODULE');
  assert.match(
    atHome.message,
    /^The codec of AtHome is registered in the program's entry module, file:.*codec\.test\.js/,
  );
  const nowhere = await errorOf(pool.defer(identity<unknown>, new Nowhere()), CodecError);
  assert.equal(nowhere.code, 'HEDDLE_CODEC_MODULE');
  assert.match(nowhere.message, /^The codec of Nowhere is registered in file:\/\/\/no\/such\/module\.js, which cannot/);
  assert.equal(await pool.defer(add, 1, 2), 3);
});

test('an instance that an inline function captures is an instance in the thread', limit, async () => {
  const fresh = new ThreadPool({ max: 1 });
  try {
    const picture = new Picture(5, Buffer.from('captured'));
    assert.deepEqual(await fresh.defer(() => [picture.constructor.name, picture.width, String(picture.pixels)]), [
      'Picture',
      5,
      'captured',
    ]);
  } finally {
    await fresh.stop();
  }
});

test('codecs work on the memory pool as on threads', limit, async () => {
  const memory = new MemoryThreadPool();
  const given = memory.defer(shapes.describePicture, new Picture(2, Buffer.from('here')));
  await memory.performAll();
  assert.deepEqual(await given, { isPicture: true, width: 2, text: 'here' });
});

test('what is no codec, or for no class, is refused when it is registered', () => {
  class Some {}
  const codec = { encode: () => 1, decode: () => new Some() };
  const refused = (type: unknown, given: unknown, message: RegExp): void => {
    assert.throws(
      () => registerCodec(type as typeof Some, given as typeof codec),
      (error) => error instanceof InvalidArgumentError && message.test(error.message),
    );
  };
  refused({}, codec, /registered for a class/);
  refused(() => 1, codec, /registered for a class/);
  for (const type of [Object, Array, Map, Buffer, Date, Uint8Array, Blob, Error, TypeError, UnclonableError]) {
    refused(type, codec, new RegExp(`^${type.name} travels by itself`));
  }
  refused(Some, { encode: () => 1 }, /needs the functions/);
  refused(Some, { decode: () => 1 }, /needs the functions/);
  refused(Some, { ...codec, fill() {} }, /needs the functions/);
  refused(class {}, codec, /without a name/);
  for (const module of ['./some.js', 'C:\\some.js']) refused(Some, { ...codec, module }, /absolute URL/);
  refused(Some, undefined, /options of a codec must be an object/);
  refused(Some, { ...codec, subclases: true }, /^A codec has no option 'subclases'; its options are encode, decode, /);
  refused(Some, { ...codec, subclasses: 1 }, /option subclasses of a codec must be true or false/);
});

test('a codec that is the instance of a class may have a state of its own', () => {
  class Counted {}
  class Codec {
    encoded = 0;
    encode(): number {
      return ++this.encoded;
    }
    decode(): Counted {
      return new Counted();
    }
  }
  registerCodec(Counted, new Codec());
});

test('a class that is registered again has the new codec', limit, async () => {
  const arrived = await thereAndBack(new Late('nobody'));
  assert.equal(arrived.by, 'the second, decoded by the second');
});

test('two classes of one name in one module need two names', limit, async () => {
  const module = new URL('../../fixtures/codecs/same-name.js', import.meta.url);
  const { first, second, again } = (await import(module.href)) as typeof import('../../fixtures/codecs/same-name.ts');
  assert.deepEqual(await thereAndBack([first, second]), [first, second]);
  assert.throws(again, InvalidArgumentError);
});

/** Puts some of the containers within a value into boxes, each one into the same box everywhere. */
function box(value: unknown, choices: readonly number[]): { boxed: unknown; count: number } {
  const boxes = new Map<object, shapes.Box>();
  const copies = new Map<object, object>();
  let turn = 0;
  const boxOf = (held: unknown): unknown => {
    if (typeof held !== 'object' || held === null) return held;
    if (choices[turn++ % choices.length] !== 0) return held;
    const known = boxes.get(held) ?? new Box(held);
    boxes.set(held, known);
    return known;
  };
  // Without circles: the way back from inside a box would be a circle through it.
  const copy = (part: unknown, above: readonly object[]): unknown => {
    if (typeof part !== 'object' || part === null) return part;
    if (above.includes(part)) return 'a circle';
    const known = copies.get(part);
    if (known !== undefined) return known;
    const here = [...above, part];
    const made =
      part instanceof Map
        ? new Map([...part].map(([key, item]) => [boxOf(copy(key, here)), boxOf(copy(item, here))]))
        : part instanceof Set
          ? new Set([...part].map((item) => boxOf(copy(item, here))))
          : Array.isArray(part)
            ? part.map((item) => boxOf(copy(item, here)))
            : Object.getPrototypeOf(part) === Object.prototype
              ? Object.fromEntries(Object.entries(part).map(([key, item]) => [key, boxOf(copy(item, here))]))
              : part;
    copies.set(part, made);
    return made;
  };
  const boxed = copy(value, []);
  return { boxed, count: objectsIn(boxed).filter((object) => object instanceof Box).length };
}

/** Every object within a value, in the boxes too. */
function objectsIn(value: unknown): object[] {
  const found = new Set<object>();
  const look = (part: unknown): void => {
    for (const object of objectsWithin(part)) {
      if (found.has(object)) continue;
      found.add(object);
      if (object instanceof Box) look(object.held);
    }
  };
  look(value);
  return [...found];
}
