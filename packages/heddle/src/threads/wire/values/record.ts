import { types } from 'node:util';
import { kindOf } from './plain.ts';

/** What is larger takes longer to look through than an error should take. */
const MOST_PARTS = 1000;

/** Tells records among the values of one copy. */
export class Records {
  /** What has been found to be a record, and all that such a one has: to look again at each part takes its square. */
  readonly #known = new Set<unknown>();

  /**
   * Whether an instance of a class is nothing but data under names, such as the place that a parser's error holds:
   * a plain object of its properties tells then all that it would. No code of the value's own is called.
   */
  has(value: unknown): value is object {
    if (this.#known.has(value)) return true;
    const parts = new PartsOfRecord();
    if (!parts.mayBe(value)) return false;
    for (const part of parts.seen) this.#known.add(part);
    return true;
  }
}

class PartsOfRecord {
  readonly seen: Set<unknown> = new Set();
  #parts = 0;

  mayBe(value: unknown): boolean {
    const kind = kindOf(value);
    if (kind === 'passed' || kind === 'transferred') return false;
    if (kind === 'refused' && !hasOnlyNames(value)) return false;
    if (++this.#parts > MOST_PARTS) return false;
    if (kind !== 'refused' && kind !== 'object' && kind !== 'array' && kind !== 'map' && kind !== 'set') return true;
    if (this.seen.has(value)) return true;
    this.seen.add(value);
    if (lengthOf(value as object) > MOST_PARTS) return false;
    return this.#partsOf(value as object).every((part) => this.mayBe(part));
  }

  #partsOf(object: object): unknown[] {
    // A getter is code of the value's own, which a function in the place of what it gives stands for.
    const own = Object.values(Object.getOwnPropertyDescriptors(object))
      .filter(({ enumerable }) => enumerable)
      .map(({ get, set, value }): unknown => get ?? set ?? value);
    if (types.isMap(object)) return [...own, ...Map.prototype.keys.call(object), ...Map.prototype.values.call(object)];
    return types.isSet(object) ? [...own, ...Set.prototype.values.call(object)] : own;
  }
}

function lengthOf(object: object): number {
  if (Array.isArray(object)) return object.length;
  return types.isMap(object) || types.isSet(object) ? object.size : 0;
}

/** Whether there is nothing to an object but what it has under names: no slots of the language's, no symbols, no handle. */
function hasOnlyNames(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false;
  if (Array.isArray(value) || ArrayBuffer.isView(value) || types.isDate(value) || types.isRegExp(value)) return false;
  if (types.isBoxedPrimitive(value) || types.isArgumentsObject(value) || types.isExternal(value)) return false;
  if (isMadeByPlatform(value)) return false;
  return Object.getOwnPropertySymbols(value).length === 0 && Object.keys(value).length > 0;
}

/** What the language or the platform makes has its name as a value under this symbol; other classes have a getter. */
function isMadeByPlatform(value: object): boolean {
  for (let link: unknown = value; link !== null; link = Object.getPrototypeOf(link)) {
    const tag = Object.getOwnPropertyDescriptor(link, Symbol.toStringTag);
    if (tag !== undefined) return 'value' in tag;
  }
  return false;
}
