import type { JobReference, SequenceReference } from '../wire/reference.ts';
import { startAll } from '../wire/start-all.ts';
import { BoundedMap } from '../wire/bounded-map.ts';
import { CapturedCall } from './capture/captured-call.ts';
import { numberOf } from './number-of.ts';
import type { Callable } from './resolve.ts';
import { resolveSendable } from './without-address.ts';
import { isPromise } from '../wire/is-promise.ts';

/** Programs that make ever new lists are not to fill the memory with them. */
const MOST_SEQUENCES = 100;

// A thread knows a sequence by its reference, so the same functions give the same.
const sequences = new BoundedMap<string, SequenceReference>(MOST_SEQUENCES);

/**
 * Functions that one job calls one after the other.
 *
 * @throws CallableError for one that cannot go to a thread
 */
export function resolveSequence(functions: readonly Function[]): Callable | Promise<Callable> {
  const callables = startAll(functions, (f) => resolveSendable(f));
  return isPromise(callables) ? callables.then(sequenceOf) : sequenceOf(callables);
}

function sequenceOf(callables: readonly Callable[]): CapturedCall {
  const references = callables.map((callable) => (callable instanceof CapturedCall ? callable.reference : callable));
  const values = callables.map((callable) => (callable instanceof CapturedCall ? callable.values : []));
  return new CapturedCall(referenceFor(references), values.some((list) => list.length > 0) ? values : []);
}

function referenceFor(functions: readonly JobReference[]): SequenceReference {
  const key = functions.map(numberOf).join();
  let reference = sequences.get(key);
  if (reference === undefined) {
    reference = { kind: 'sequence', functions };
    sequences.set(key, reference);
  }
  return reference;
}
