import type { FactoryReference } from '../wire/reference.ts';
import { CapturedCall } from './capture/captured-call.ts';
import { functionName } from './function-name.ts';
import { addressedCalls, refusals } from './known.ts';

// A thread knows a function by its reference object, so there is one for each address.
const factories = new Map<string, FactoryReference>();

/**
 * Attaches to a function the address of the module that makes it in a thread. The build plug-in
 * writes the calls; a program of one's own uses `threadFunction`.
 *
 * @param url the module's absolute URL
 * @param name its export: a function that takes the captured values and gives the function
 * @param captured reads the captured values
 * @returns `f` itself; where a captured variable is in its dead zone, the call with it will be refused
 *
 * @example
 * ```ts sketch of what the build plug-in writes
 * deferToThread(addressed(() => limit * 2, new URL('./main.thread-0.js', import.meta.url), '$0', () => [limit]));
 * ```
 */
export function addressed<F extends Function>(f: F, url: URL | string, name: string, captured: () => unknown[]): F {
  // Anything else is refused by the call itself, in its own words.
  if (typeof f !== 'function') return f;
  const { href } = typeof url === 'string' ? { href: url } : url;
  const key = `${href}#${name}`;
  let reference = factories.get(key);
  if (reference === undefined) {
    reference = { kind: 'factory', url: href, name };
    factories.set(key, reference);
  }
  try {
    const values = captured();
    // A function among the values has to be found itself: by run-time capture, as without the plug-in.
    if (values.some((value) => typeof value === 'function')) addressedCalls.delete(f);
    else addressedCalls.set(f, new CapturedCall(reference, values));
    refusals.delete(f);
  } catch (cause) {
    addressedCalls.delete(f);
    const ownName = functionName(f);
    refusals.set(f, {
      code: 'HEDDLE_DEAD_ZONE',
      functionName: ownName,
      message:
        `${ownName || 'An anonymous function'} captures a variable that has not been initialised yet ` +
        `(${cause instanceof Error ? cause.message : String(cause)}). Make the call after its declaration.`,
      cause,
    });
  }
  return f;
}

/** The properties that are read of a value: `{ body: { text: 1 }, url: 1 }` of `req.body.text` and `req.url`. */
export interface PartsToTake {
  readonly [key: string]: 1 | PartsToTake;
}

/**
 * An object with nothing but the properties of `value` that are needed of it, which may hold more than can be copied.
 * The build plug-in writes the calls.
 *
 * @example
 * ```ts sketch of what the build plug-in writes
 * addressed(() => request.body.text, url, '$0', () => [partsOf(request, { body: { text: 1 } })]);
 * ```
 */
export function partsOf(value: unknown, parts: PartsToTake): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const taken: Record<string, unknown> = {};
  for (const key of Object.keys(parts)) {
    const part: unknown = Reflect.get(value, key);
    // What is not there must not be there in the thread either: `in` and default values tell the difference.
    if (part === undefined && !(key in value)) continue;
    const inner = parts[key] as 1 | PartsToTake;
    taken[key] = inner === 1 ? part : partsOf(part, inner);
  }
  return taken;
}
