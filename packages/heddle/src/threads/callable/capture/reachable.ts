import { types } from 'node:util';

/** The objects that can be reached from others, themselves included, without running anything of theirs. */
export function reachableFrom(roots: readonly object[]): ReadonlySet<object> {
  const reached = new Set(roots);
  // A set that grows while it is gone through is gone through to its end.
  for (const object of reached) {
    for (const part of partsOf(object)) if (typeof part === 'object' && part !== null) reached.add(part);
  }
  return reached;
}

function partsOf(object: object): Iterable<unknown> {
  if (types.isProxy(object) || ArrayBuffer.isView(object)) return [];
  if (types.isMap(object)) return [...object.keys(), ...object.values()];
  if (types.isSet(object)) return object;
  return Object.keys(object).map((key) => Object.getOwnPropertyDescriptor(object, key)?.value as unknown);
}
