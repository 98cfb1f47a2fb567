import { kindOf } from '../../wire/plain.ts';
import { obstacleIn, stepTo } from '../../wire/pack.ts';
import type { Parts } from './usage.ts';

/** What becomes of the functions and modules that stand within a value. */
export interface Inclusions {
  /** Takes a part that is put into the value in the thread; false for what can neither be copied nor be put there. */
  include(path: readonly string[], part: unknown): boolean;
  /** @param steps the way to the part, as it is written: `.a`, `[0]` */
  refuse(steps: readonly string[], part: unknown): never;
}

/**
 * Takes of a value what is used of it: the value itself, or an object with nothing but the properties
 * that are read. Functions and modules within it are left out and handed to `inclusions`.
 */
export function takeParts(value: unknown, used: Parts, inclusions: Inclusions, path: readonly string[] = []): unknown {
  if (used.whole || !isObject(value)) return takeWhole(value, inclusions, path);
  if (inclusions.include(path, value)) return undefined;
  const taken: Record<string, unknown> = {};
  for (const [key, parts] of used.parts) {
    // What is not there must not be there in the thread either: `in` and default values tell the difference.
    const part: unknown = Reflect.get(value, key);
    if (part === undefined && !(key in value)) continue;
    taken[key] = takeParts(part, parts, inclusions, [...path, key]);
  }
  return taken;
}

function takeWhole(value: unknown, inclusions: Inclusions, path: readonly string[]): unknown {
  const obstacle = obstacleIn(value);
  if (obstacle === undefined) return value;
  if (inclusions.include(path, value)) return undefined;
  return copy(value, inclusions, path, new Map());
}

// Only what has functions in it is copied here, without them.
function copy(value: unknown, inclusions: Inclusions, path: readonly string[], copies: Map<object, object>): unknown {
  const kind = kindOf(value);
  if (kind !== 'object' && kind !== 'array') {
    const obstacle = obstacleIn(value);
    if (obstacle === undefined) return value;
    if (inclusions.include(path, value)) return undefined;
    return inclusions.refuse([...path.map(stepTo), ...obstacle.path.reverse()], obstacle.value);
  }
  const original = value as Record<string, unknown>;
  const known = copies.get(original);
  if (known !== undefined) return known;
  const made: object = kind === 'array' ? new Array((original as unknown as unknown[]).length) : {};
  copies.set(original, made);
  for (const key of Object.keys(original)) {
    const part = copy(original[key], inclusions, [...path, key], copies);
    Object.defineProperty(made, key, { value: part, enumerable: true, writable: true, configurable: true });
  }
  return made;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
