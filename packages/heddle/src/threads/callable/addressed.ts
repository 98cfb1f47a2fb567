import type { FactoryReference } from '../wire/reference.ts';
import { AddressedFunction, withFunctions } from './addressed-function.ts';
import type { Parts } from './capture/usage.ts';
import { CapturedValues } from './capture/values.ts';
import { addresses } from './known.ts';

// A thread knows a function by its reference object, so there is one for each address: by the URL, and the export.
const factories = new Map<string, Map<string, FactoryReference>>();

/**
 * Attaches to a function the address of the module that makes it in a thread. The build plug-in
 * writes the calls; a program of one's own uses `threadFunction`.
 *
 * @param url the module's absolute URL; undefined before that is known, which leaves `f` to run-time capture
 * @param name its export: a function that takes the captured values and gives the function
 * @param captured reads the captured values, when a call is made: where one is in its dead zone, that is refused
 * @returns `f` itself
 *
 * @example
 * ```ts sketch of what the build plug-in writes
 * deferToThread(addressed(() => limit * 2, new URL('./main.thread-0.js', import.meta.url), '$0', () => [limit]));
 * ```
 */
export function addressed<F extends Function>(
  f: F,
  url: URL | string | undefined,
  name: string,
  captured: () => unknown[],
): F {
  // Anything else is refused by the call itself, in its own words.
  if (typeof f === 'function' && url !== undefined) {
    addresses.set(f, new AddressedFunction(factoryAt(typeof url === 'string' ? url : url.href, name), captured));
  }
  return f;
}

function factoryAt(url: string, name: string): FactoryReference {
  let ofModule = factories.get(url);
  if (ofModule === undefined) {
    ofModule = new Map();
    factories.set(url, ofModule);
  }
  let reference = ofModule.get(name);
  if (reference === undefined) {
    reference = { kind: 'factory', url, name };
    ofModule.set(name, reference);
  }
  return reference;
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
  const taken = values.map((value) => captured.take(value));
  if (captured.hasFunctionsUnderSymbols) withFunctions.add(taken);
  return taken;
}

function partsIn(used: PartsToTake): Parts {
  const entries = used === 1 ? [] : Object.entries(used);
  return { whole: used === 1, parts: new Map(entries.map(([key, inner]) => [key, partsIn(inner)])) };
}
