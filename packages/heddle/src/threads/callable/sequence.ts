import type { JobReference, SequenceReference } from '../wire/reference.ts';
import { startAll } from '../wire/start-all.ts';
import { CapturedCall } from './capture/captured-call.ts';
import { type Callable, resolveCallable } from './resolve.ts';

/** What comes after some functions. A thread knows a sequence by its reference, so the same functions give the same. */
interface Step {
  readonly next: WeakMap<JobReference, Step>;
  reference?: SequenceReference;
}

const first: Step = { next: new WeakMap() };

/**
 * Functions that one job calls one after the other.
 *
 * @throws CallableError for one that cannot go to a thread
 */
export function resolveSequence(functions: readonly Function[]): Callable | Promise<Callable> {
  const callables = startAll(functions, (f) => resolveCallable(f));
  return callables instanceof Promise ? callables.then(sequenceOf) : sequenceOf(callables);
}

function sequenceOf(callables: readonly Callable[]): CapturedCall {
  const references = callables.map((callable) => (callable instanceof CapturedCall ? callable.reference : callable));
  const values = callables.map((callable) => (callable instanceof CapturedCall ? callable.values : []));
  let step = first;
  for (const reference of references) {
    let next = step.next.get(reference);
    if (next === undefined) {
      next = { next: new WeakMap() };
      step.next.set(reference, next);
    }
    step = next;
  }
  step.reference ??= { kind: 'sequence', functions: references };
  return new CapturedCall(step.reference, values.some((list) => list.length > 0) ? values : []);
}
