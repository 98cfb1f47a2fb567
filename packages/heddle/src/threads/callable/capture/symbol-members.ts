import type { Accessor } from '../../wire/captured.ts';
import { kindOf } from '../../wire/values/plain.ts';
import { passedBy } from '../../wire/values/passed.ts';
import { languageSymbol } from './shared-symbols.ts';

/** A function that the language finds in an object by a symbol of its own, such as `Symbol.iterator`. */
export interface SymbolMember {
  /** The symbol's name as a property of `Symbol`. */
  readonly symbol: string;
  readonly f: Function;
  readonly accessor: Accessor | undefined;
}

const NONE: readonly SymbolMember[] = [];

/** What disposes of an object here is not for its copies, and closes what no thread can have. */
const STAY = new Set(['dispose', 'asyncDispose']);

/** The functions that a plain object or an array has under symbols of the language; those that are not enumerable stay behind. */
export function functionsUnderSymbols(object: object): readonly SymbolMember[] {
  const kind = kindOf(object);
  if (kind !== 'object' && kind !== 'array') return NONE;
  const symbols = Object.getOwnPropertySymbols(object);
  return symbols.length === 0 ? NONE : symbols.flatMap((symbol) => membersUnder(object, symbol));
}

function membersUnder(object: object, key: symbol): readonly SymbolMember[] {
  const symbol = languageSymbol(key);
  const property = Object.getOwnPropertyDescriptor(object, key);
  if (symbol === undefined || STAY.has(symbol) || !property?.enumerable) return NONE;
  const { value, get, set } = property as { value?: unknown; get?: Function; set?: Function };
  const functions = [
    [value, undefined],
    [get, 'get'],
    [set, 'set'],
  ] as const;
  return functions.flatMap(([f, accessor]) =>
    typeof f === 'function' && passedBy(f) === undefined ? [{ symbol, f, accessor }] : [],
  );
}
