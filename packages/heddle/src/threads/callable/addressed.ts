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
