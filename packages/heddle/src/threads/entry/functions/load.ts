import type { FactoryReference, JobReference } from '../../wire/reference.ts';
import { isPromise } from '../../wire/is-promise.ts';
import type { Located } from '../../wire/member.ts';
import { release } from './bound-objects.ts';
import { loadCaptured } from './captured-function.ts';
import type { FunctionSource, LoadedFunction } from './loaded-function.ts';
import { locate } from './locate.ts';
import { locatedFunction } from './located-function.ts';
import { loadSequence } from './sequence.ts';
import { loadWithin } from './within.ts';
import { loadWrapped } from './wrapped.ts';

/**
 * Loads the function that a reference names into this thread.
 *
 * Answers at once but for an ES module that this thread has not imported yet.
 *
 * @throws CallableError `HEDDLE_NO_SUCH_FUNCTION` where the address leads to no function, `HEDDLE_MODULE_FAILED` where a
 *   module throws while it is loaded, `HEDDLE_ENTRY_MODULE` where that is the program's entry (or a promise rejected with one)
 */
export function loadFunction(reference: JobReference): FunctionSource | Promise<FunctionSource> {
  if (reference.kind === 'captured') return loadCaptured(reference, locate);
  if (reference.kind === 'factory') return loadFactory(reference);
  if (reference.kind === 'sequence') return loadSequence(reference, loadFunction);
  if (reference.kind === 'release') return () => ({ f: release, receiver: undefined });
  if (reference.kind === 'within') return loadWithin(reference, loadFunction, locate);
  if ('of' in reference) return loadWrapped(reference, loadFunction);
  const located = locate(reference);
  return isPromise(located) ? located.then((found) => sourceOf(found)) : sourceOf(located);
}

function loadFactory({ url, name }: FactoryReference): FunctionSource | Promise<FunctionSource> {
  const located = locate({ kind: 'module', url, path: [name] }, '');
  const source = (found: Located): FunctionSource => {
    const { f: factory } = sourceOf(found)([]);
    return (captured) => ({ f: Reflect.apply(factory, undefined, captured) as Function, receiver: undefined });
  };
  return isPromise(located) ? located.then(source) : source(located);
}

function sourceOf(located: Located): FunctionSource {
  const loaded: LoadedFunction = { f: locatedFunction(located), receiver: located.receiver };
  return () => loaded;
}
