import { kindOf } from './plain.ts';
import { Records } from './record.ts';

/** What has more of them may make them without an end. */
const MOST_GETTERS = 100;

/**
 * Whether a value has errors in it that are made each time it is read, or may have: each of them has as many of its own
 * again, and so on without an end.
 */
export function makesErrors(value: unknown, readAgain: () => unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const again = readAgain();
  if (again === value) return false;
  const errors = errorsIn(value);
  if (errors.size === 0) return false;
  const known = errorsIn(again);
  return [...errors].some((error) => !known.has(error));
}

/**
 * The errors in the containers of a value that can be sent, and the getters of which it is not known. What errors have
 * themselves is not looked into.
 */
function errorsIn(value: unknown): ReadonlySet<unknown> {
  const errors = new Set<unknown>();
  const records = new Records();
  const open = new Set([value]);
  let getters = 0;
  // What is added on the way comes up as well.
  for (const at of open) {
    const kind = kindOf(at);
    if (kind === 'error') errors.add(at);
    else if (kind === 'map') for (const entry of at as Map<unknown, unknown>) for (const part of entry) open.add(part);
    else if (kind === 'set') for (const part of at as Set<unknown>) open.add(part);
    else if (kind === 'object' || kind === 'array' || (kind === 'refused' && records.has(at))) {
      const properties = Object.getOwnPropertyDescriptors(at);
      for (const [key, { get, value: part }] of Object.entries(properties)) {
        if (get === undefined) {
          open.add(part);
          continue;
        }
        try {
          if (++getters > MOST_GETTERS) errors.add(get);
          else open.add(Reflect.get(at as object, key));
        } catch {
          errors.add(get);
        }
      }
    }
  }
  return errors;
}
