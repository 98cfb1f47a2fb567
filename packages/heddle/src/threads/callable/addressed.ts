import type { FactoryReference } from '../wire/reference.ts';
import { CapturedCall } from './capture/captured-call.ts';
import type { Parts } from './capture/usage.ts';
import { CapturedValues } from './capture/values.ts';
import { functionName } from './function-name.ts';
import { addressedCalls, refusals } from './known.ts';
import { reasonOf } from '../wire/values/reason-of.ts';

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
        `(${reasonOf(cause)}). Make the call after its declaration.`,
      cause,
    });
  }
  return f;
}

/** What is used of a value: `{ body: { text: 1 }, url: 1 }` of `req.body.text` and `req.url`, 1 of `req` itself. */
export type PartsToTake = 1 | { readonly [key: string]: PartsToTake };

/**
 * The values of a closure with nothing but the properties that are needed of them: they may hold more than can be
 * copied. An object that several values hold stays one object. The build plug-in writes the calls.
 *
 * @param used what is used of each value
 *
 * @example
 * ```ts sketch of what the build plug-in writes
 * addressed(() => request.body.text, url, '$0', () => partsOf([request], [{ body: { text: 1 } }]));
 * ```
 */
export function partsOf(values: readonly unknown[], used: readonly PartsToTake[]): unknown[] {
  const captured = new CapturedValues();
  values.forEach((value, index) => captured.note(value, partsIn(used[index] ?? 1)));
  captured.begin();
  return values.map((value) => captured.take(value));
}

function partsIn(used: PartsToTake): Parts {
  const entries = used === 1 ? [] : Object.entries(used);
  return { whole: used === 1, parts: new Map(entries.map(([key, inner]) => [key, partsIn(inner)])) };
}
