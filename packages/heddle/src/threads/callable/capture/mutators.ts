import { dataProperty } from '../members.ts';

const MUTATORS: ReadonlySet<string> = new Set(
  (
    'set add delete clear push pop shift unshift splice sort reverse fill copyWithin ' +
    'setTime setDate setMonth setFullYear setHours setMinutes setSeconds setMilliseconds'
  ).split(' '),
);

/** Whether a method of this name changes the built-in object it is called on. */
export function isMutator(method: string | undefined): boolean {
  return method !== undefined && MUTATORS.has(method);
}

/**
 * Whether what is called at the end of a path is the language's own, as `list.push` is: objects of the program's have
 * methods of such names, too. What cannot be told counts.
 *
 * @param path from the value to the method
 */
export function isBuiltIn(value: unknown, path: readonly string[]): boolean {
  let at: unknown = value;
  for (const step of path) at = found(at, step);
  return typeof at !== 'function' || Function.prototype.toString.call(at).endsWith('{ [native code] }');
}

/** A property of an object or of what is behind it, unless a getter gives it. */
function found(value: unknown, key: string): unknown {
  let at: unknown = value;
  while ((typeof at === 'object' && at !== null) || typeof at === 'function') {
    if (Object.hasOwn(at, key)) return dataProperty(at, key);
    at = Object.getPrototypeOf(at);
  }
  return undefined;
}
