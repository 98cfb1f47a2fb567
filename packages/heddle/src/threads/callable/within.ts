import type { Address } from '../wire/address.ts';
import type { JobReference, WithinReference } from '../wire/reference.ts';
import { CapturedCall } from './capture/captured-call.ts';
import { type Callable, partsOfCallable } from './resolve.ts';

/** By the function, then by which storages have a store: a thread knows a function by its reference. */
const references = new WeakMap<JobReference, Map<string, WithinReference>>();

/** The same call within stores of the thread's own instances of these AsyncLocalStorages. */
export function within(callable: Callable, storages: readonly Address[], stores: readonly unknown[]): CapturedCall {
  const { reference, values } = partsOfCallable(callable);
  let known = references.get(reference);
  if (known === undefined) {
    known = new Map();
    references.set(reference, known);
  }
  const key = JSON.stringify(storages);
  let found = known.get(key);
  if (found === undefined) {
    found = { kind: 'within', function: reference, storages };
    known.set(key, found);
  }
  return new CapturedCall(found, [...stores, ...values]);
}
