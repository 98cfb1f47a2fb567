import { BoundedMap } from '../../wire/bounded-map.ts';
import type { LoadableReference } from '../../wire/captured.ts';

// Not whatever `Symbol` has: a program may have put one there that no thread has.
const WELL_KNOWN = [
  'asyncDispose',
  'asyncIterator',
  'dispose',
  'hasInstance',
  'isConcatSpreadable',
  'iterator',
  'match',
  'matchAll',
  'replace',
  'search',
  'species',
  'split',
  'toPrimitive',
  'toStringTag',
  'unscopables',
];

const names: ReadonlyMap<unknown, string> = new Map(WELL_KNOWN.map((name) => [Reflect.get(Symbol, name), name]));

const wellKnown: ReadonlyMap<unknown, LoadableReference> = new Map(
  [...names].map(([symbol, name]) => [symbol, { kind: 'global', path: ['Symbol', name] }]),
);

/** The name that a symbol of the language has as a property of `Symbol`; undefined for any other. */
export function languageSymbol(symbol: symbol): string | undefined {
  return names.get(symbol);
}

/** A program has less, unless it makes their keys of its data. */
const MOST_SYMBOLS = 1000;

// A thread knows again what it has loaded by the reference object, so there is one for each symbol.
const registered = new BoundedMap<string, LoadableReference>(MOST_SYMBOLS);

/**
 * What a thread has a symbol by that is the same in every thread: one of the language, or of `Symbol.for`. Undefined for
 * any other.
 */
export function sharedSymbol(symbol: symbol): LoadableReference | undefined {
  const key = Symbol.keyFor(symbol);
  if (key === undefined) return wellKnown.get(symbol);
  let reference = registered.get(key);
  if (reference === undefined) {
    reference = { kind: 'symbol', key };
    registered.set(key, reference);
  }
  return reference;
}
