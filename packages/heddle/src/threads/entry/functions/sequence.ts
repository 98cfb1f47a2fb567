import { isThenable } from '../../../defer/thenable.ts';
import { isPromise } from '../../wire/is-promise.ts';
import type { JobReference, SequenceReference } from '../../wire/reference.ts';
import { startAll } from '../../wire/start-all.ts';
import type { FunctionSource } from './loaded-function.ts';

/** Loads functions that one job calls one after the other; the first that throws is the last. */
export function loadSequence(
  { functions }: SequenceReference,
  load: (reference: JobReference) => FunctionSource | Promise<FunctionSource>,
): FunctionSource | Promise<FunctionSource> {
  const sources = startAll(functions, load);
  return isPromise(sources) ? sources.then(sequence) : sequence(sources);
}

function sequence(sources: readonly FunctionSource[]): FunctionSource {
  return (captured) => ({
    f: async (...lists: unknown[][]): Promise<void> => {
      for (const [index, source] of sources.entries()) {
        const { f, receiver } = source((captured[index] as unknown[] | undefined) ?? []);
        const result: unknown = Reflect.apply(f, receiver, lists[index] ?? []);
        // oxlint-disable-next-line no-await-in-loop -- one after the other is what was asked for
        if (isThenable(result)) await result;
      }
    },
    receiver: undefined,
  });
}
