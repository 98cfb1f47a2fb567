import type { JobReference, WrappedReference } from '../../wire/reference.ts';
import { bind, callBound } from './bound-objects.ts';
import { callForEffect } from './effect.ts';
import { iterate } from './iteration.ts';
import type { FunctionSource, LoadedFunction } from './loaded-function.ts';
import { isPromise } from '../../wire/is-promise.ts';

type Call = (loaded: LoadedFunction, args: unknown[]) => unknown;

const calls: Record<WrappedReference['kind'], Call> = { iterate, bind, bound: callBound, effect: callForEffect };

/** Loads a function that is called in a way of its own. */
export function loadWrapped(
  { kind, of }: WrappedReference,
  load: (reference: JobReference) => FunctionSource | Promise<FunctionSource>,
): FunctionSource | Promise<FunctionSource> {
  const source = load(of);
  return isPromise(source) ? source.then((loaded) => wrap(calls[kind], loaded)) : wrap(calls[kind], source);
}

function wrap(call: Call, source: FunctionSource): FunctionSource {
  return (captured) => {
    const loaded = source(captured);
    return { f: (...args: unknown[]): unknown => call(loaded, args), receiver: undefined };
  };
}
