import fc from 'fast-check';

/**
 * Buffers in every place a Buffer's bytes can lie: in Node's common slab, in
 * memory of their own, in the middle of someone else's.
 */
const buffer: fc.Arbitrary<Buffer> = fc
  .tuple(fc.uint8Array({ maxLength: 40 }), fc.constantFrom('slab', 'own', 'part'))
  .map(([bytes, place]) => {
    if (place === 'slab') return Buffer.from(bytes);
    if (place === 'part') return Buffer.concat([Buffer.alloc(3), bytes, Buffer.alloc(5)]).subarray(3, 3 + bytes.length);
    const own = Buffer.allocUnsafeSlow(bytes.length);
    own.set(bytes);
    return own;
  });

const leaf: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(undefined, null, true, false, -0, 0, Number.NaN, Number.POSITIVE_INFINITY),
  fc.integer(),
  fc.double(),
  fc.bigInt(),
  fc.string({ unit: 'binary' }),
  // Node 20's assert takes two invalid dates for different ones: they have a test of their own.
  fc.date({ noInvalidDate: true }),
  fc.constantFrom(/plain/, /with [f]lags/giu, /(?:)/).map((regExp) => new RegExp(regExp)),
  buffer,
  fc.uint8Array({ maxLength: 8 }),
  fc.float64Array({ maxLength: 8 }),
  fc.bigInt64Array({ maxLength: 8 }),
  fc.uint8Array({ maxLength: 8 }).map((bytes) => new DataView(bytes.buffer)),
  fc.uint8Array({ maxLength: 8 }).map((bytes) => bytes.slice().buffer),
  fc.integer().map((n) => Object(n) as unknown),
);

const key: fc.Arbitrary<string> = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'then', 'length', 'constructor'));

type Container = unknown[] | Record<string, unknown> | Map<unknown, unknown> | Set<unknown>;

const { value: tree } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(fc.option(tie('value'), { nil: hole() }), { maxLength: 6 }).map(withHoles),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 6 }).map(toObject),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
    fc.array(tie('value'), { maxLength: 4 }).map((items) => new Set(items)),
  ),
}));

/** Anything that may be an argument or a result, with parts that are shared and parts that lie within themselves. */
export const data: fc.Arbitrary<unknown> = fc
  .tuple(tree, fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 3 }))
  .map(([value, links]) => {
    const objects = [...objectsWithin(value)];
    const containers = objects.filter(isContainer);
    for (const [from, to] of links) {
      const container = containers[from % containers.length];
      if (container !== undefined) put(container, objects[to % objects.length]);
    }
    return value;
  });

/** Every object within a value, itself included, in the order in which they are found. */
export function objectsWithin(value: unknown, found: Set<object> = new Set()): Set<object> {
  if (typeof value !== 'object' || value === null || found.has(value)) return found;
  found.add(value);
  if (value instanceof Map) for (const entry of value) for (const part of entry) objectsWithin(part, found);
  else if (value instanceof Set) for (const item of value) objectsWithin(item, found);
  else if (isContainer(value)) for (const item of Object.values(value)) objectsWithin(item, found);
  return found;
}

function isContainer(value: object): value is Container {
  return [Object.prototype, Array.prototype, Map.prototype, Set.prototype].includes(
    Object.getPrototypeOf(value) as never,
  );
}

function put(container: Container, value: unknown): void {
  if (container instanceof Map) container.set('link', value);
  else if (container instanceof Set) container.add(value);
  else if (Array.isArray(container)) container.push(value);
  else container['link'] = value;
}

function hole(): symbol {
  return Symbol.for('hole');
}

function withHoles(items: unknown[]): unknown[] {
  const array: unknown[] = [];
  array.length = items.length;
  for (const [index, item] of items.entries()) if (item !== hole()) array[index] = item;
  return array;
}

function toObject(entries: [string, unknown][]): object {
  const object = {};
  for (const [name, value] of entries) {
    Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
  }
  return object;
}
