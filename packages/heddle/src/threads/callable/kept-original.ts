import type { FunctionReference } from '../wire/reference.ts';
import { functionName } from '../wire/function-name.ts';

/**
 * Adds its text to the address of a function that is a property of what stands under its own name: instrumentation and mocks
 * keep so (`fs.readFileSync.__original`) what they replace. A thread in which nothing was replaced has it in its old place.
 */
export function withTextOfKept(f: Function, reference: FunctionReference): FunctionReference {
  if (!('path' in reference) || reference.path.length < 2) return reference;
  if (!reference.path.slice(0, -1).includes(functionName(f))) return reference;
  return { ...reference, text: Function.prototype.toString.call(f) };
}
