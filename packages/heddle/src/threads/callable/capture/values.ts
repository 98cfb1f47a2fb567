import type { Accessor } from '../../wire/captured.ts';
import { kindOf } from '../../wire/values/plain.ts';
import { type Obstacle, stepTo } from '../../wire/values/obstacle.ts';
import { obstacleIn } from '../../wire/values/pack.ts';
import { accessorsOf } from './accessors.ts';
import type { GivenPart } from './given-parts.ts';
import { languageObject } from './language-objects.ts';
import { reachableFrom } from './reachable.ts';
import { functionsUnderSymbols } from './symbol-members.ts';
import type { Parts } from './usage.ts';

/** What becomes of the functions, modules and symbols that stand within a value. */
export interface Inclusions {
  /**
   * Takes a part that is put into the value in the thread; false for what can neither be copied nor be put there.
   *
   * @param whole whether it is used as a whole
   */
  include(path: readonly string[], part: unknown, whole: boolean): boolean;
  /** Takes a part that is never read here, by what the thread has it from: as its getter, where that is a function. */
  give(path: readonly string[], given: GivenPart): void;
  /**
   * Takes a function that is a part, or one of its accessors.
   *
   * @param symbol the name of the language's symbol, where the last step of `path` stands for one
   */
  giveFunction(path: readonly string[], f: Function, accessor: Accessor | undefined, symbol?: string): void;
  /** @param steps the way to the part, as it is written: `.a`, `[0]` */
  refuse(steps: readonly string[], obstacle: Obstacle): never;
}

/** What is used of one object, by all the functions together. */
interface Use {
  whole: boolean;
  /** The properties that are read, with their values. */
  readonly parts: Map<string, unknown>;
  /** The properties that a module gives. */
  readonly given: Map<string, GivenPart>;
}

/**
 * The values that the functions of one capture use. Of an object that is not used as a whole only the properties
 * travel that are read; an object that several functions use, under whatever names, is one object in the thread too.
 *
 * First everything is noted, then taken.
 */
export class CapturedValues {
  readonly #uses = new Map<object, Use>();
  readonly #taken = new Map<object, object>();
  readonly #loaded: (value: object) => unknown;
  readonly #given: (owner: object, key: string) => GivenPart | undefined;
  /** Objects that have functions under symbols, which no copy has. */
  readonly #withSymbols = new Set<object>();
  /** From where none of these can be reached. */
  readonly #withoutSymbols = new Set<object>();
  /** Of what is sent as it is, what has been gone through for these. */
  readonly #asTheyAre = new Set<object>();
  #hasWhole = false;
  #hasParts = false;

  /**
   * @param loaded what the thread loads an object by, if it does: then nothing need be read of it here
   * @param given what the thread has a property by, if a module gives it
   */
  constructor(
    loaded: (value: object) => unknown = nothing,
    given: (owner: object, key: string) => GivenPart | undefined = nothing,
  ) {
    this.#loaded = loaded;
    this.#given = given;
  }

  /** Whether among what is used as a whole are objects with functions under symbols, which no copy has. */
  get hasFunctionsUnderSymbols(): boolean {
    return this.#withSymbols.size > 0;
  }

  /** Notes what one function uses of a value. */
  note(value: unknown, used: Parts): void {
    if (!isObject(value) || this.#loaded(value) !== undefined) return;
    let use = this.#uses.get(value);
    if (use === undefined) {
      use = { whole: false, parts: new Map(), given: new Map() };
      this.#uses.set(value, use);
    }
    // What is to be moved stands for a value, and has no parts itself.
    if (used.whole || kindOf(value) === 'transferred') {
      use.whole = true;
      this.#hasWhole = true;
      if (functionsUnderSymbols(value).length > 0) this.#withSymbols.add(value);
      return;
    }
    this.#hasParts = true;
    for (const [key, parts] of used.parts) {
      const given = use.given.get(key) ?? this.#given(value, key);
      if (given !== undefined) {
        use.given.set(key, given);
        continue;
      }
      if (!use.parts.has(key)) {
        // What is not there must not be there in the thread either: `in` and default values tell the difference.
        const part = read(() => Reflect.get(value, key) as unknown);
        if (part === undefined && !(key in value)) continue;
        use.parts.set(key, part);
      }
      this.note(use.parts.get(key), parts);
    }
  }

  /** Makes ready to take what was noted, perhaps once more because more came to be noted. */
  begin(): void {
    this.#taken.clear();
    this.#asTheyAre.clear();
    this.#withoutSymbols.clear();
    if (!this.#hasWhole || !this.#hasParts) return;
    const wholes = [...this.#uses].filter(([, { whole }]) => whole).map(([object]) => object);
    for (const object of reachableFrom(wholes)) {
      const use = this.#uses.get(object);
      if (use !== undefined) use.whole = true;
    }
  }

  /**
   * The value without the functions, modules and symbols in it, which are handed to `inclusions`; with them, where
   * nobody takes them.
   */
  take(value: unknown, inclusions?: Inclusions, path: readonly string[] = []): unknown {
    const use = isObject(value) ? this.#uses.get(value) : undefined;
    if (use?.whole) for (const [key, given] of use.given) inclusions?.give([...path, key], given);
    if (!isObject(value) || use === undefined || use.whole) return this.#takeWhole(value, inclusions, path);
    const known = this.#taken.get(value);
    if (known !== undefined) return known;
    if (inclusions?.include(path, value, false)) return undefined;
    const taken: Record<string, unknown> = {};
    this.#taken.set(value, taken);
    for (const [key, given] of use.given) inclusions?.give([...path, key], given);
    for (const [key, part] of use.parts) {
      Object.defineProperty(taken, key, property(this.take(part, inclusions, [...path, key])));
    }
    return taken;
  }

  #takeWhole(value: unknown, inclusions: Inclusions | undefined, path: readonly string[]): unknown {
    if (inclusions === undefined) return value;
    // It could be copied, and would be another one.
    if (isObject(value) && languageObject(value) !== undefined && inclusions.include(path, value, true))
      return undefined;
    const obstacle = read(() => obstacleIn(value));
    if (obstacle === undefined) return this.#takeAsItIs(value, inclusions, path);
    const known = this.#taken.get(value as object);
    if (known !== undefined) return known;
    if (inclusions.include(path, value, true)) return undefined;
    const kind = kindOf(value);
    if (kind !== 'object' && kind !== 'array') {
      return inclusions.refuse([...path.map(stepTo), ...obstacle.path.reverse()], obstacle);
    }
    // Only what has functions in it is copied here, without them.
    const original = value as Record<string, unknown>;
    const made: object = kind === 'array' ? new Array((original as unknown as unknown[]).length) : {};
    this.#taken.set(original, made);
    for (const key of Object.keys(original)) {
      const steps = [...path, key];
      const accessors = read(() => accessorsOf(original, key));
      // What is put there in the thread has its place among the others.
      const part = accessors === undefined ? read(() => original[key]) : undefined;
      Object.defineProperty(made, key, property(this.#takeWhole(part, inclusions, steps)));
      for (const [accessor, f] of accessors ?? []) inclusions.giveFunction(steps, f, accessor);
    }
    giveSymbols(original, inclusions, path);
    return made;
  }

  /**
   * A value that can be sent. What it has under symbols is put into the one that arrives, to which others refer as well that
   * nothing can be put into, such as a Map.
   */
  #takeAsItIs(value: unknown, inclusions: Inclusions, path: readonly string[]): unknown {
    const found = this.#withSymbolsIn(value);
    if (found.length === 0 || !isObject(value)) return value;
    if (inclusions.include(path, value, true)) return undefined;
    if (found.every((object) => object === value)) {
      if (!this.#asTheyAre.has(value)) giveSymbols(value, inclusions, path);
      this.#asTheyAre.add(value);
      return value;
    }
    const open: (readonly [object, readonly string[]])[] = [[value, path]];
    for (const [at, place] of open) {
      const kind = kindOf(at);
      if ((kind !== 'object' && kind !== 'array') || this.#asTheyAre.has(at)) continue;
      const hasSymbols = this.#withSymbols.has(at);
      if (hasSymbols && at !== value && inclusions.include(place, at, true)) continue;
      this.#asTheyAre.add(at);
      if (hasSymbols) giveSymbols(at, inclusions, place);
      for (const [key, part] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
        if (part.enumerable && isObject(part.value)) open.push([part.value, [...place, key]]);
      }
    }
    return value;
  }

  #withSymbolsIn(value: unknown): readonly object[] {
    if (this.#withSymbols.size === 0 || !isObject(value) || this.#withoutSymbols.has(value)) return [];
    const reached = reachableFrom([value]);
    const found = [...this.#withSymbols].filter((object) => reached.has(object));
    if (found.length === 0) for (const object of reached) this.#withoutSymbols.add(object);
    return found;
  }
}

function giveSymbols(object: object, inclusions: Inclusions, path: readonly string[]): void {
  for (const { f, accessor, symbol } of functionsUnderSymbols(object)) {
    inclusions.giveFunction([...path, `[Symbol.${symbol}]`], f, accessor, symbol);
  }
}

/** A value whose own code, such as a getter, has thrown: that is the cause. Or it has too many levels. */
export class UnreadableValue extends Error {
  constructor(cause: unknown) {
    super(undefined, { cause });
  }
}

function read<Result>(reading: () => Result): Result {
  try {
    return reading();
  } catch (cause) {
    throw new UnreadableValue(cause);
  }
}

function nothing(): undefined {}

function property(value: unknown): PropertyDescriptor {
  return { value, enumerable: true, writable: true, configurable: true };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
