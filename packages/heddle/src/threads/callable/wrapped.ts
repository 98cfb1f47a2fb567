import type { JobReference, WrappedReference } from '../wire/reference.ts';
import { CapturedCall } from './capture/captured-call.ts';
import { type Callable, partsOfCallable, resolveCallable } from './resolve.ts';
import { isPromise } from '../wire/is-promise.ts';

type Kind = WrappedReference['kind'];

/** A thread knows a function by its reference, so the same function gives the same. */
const wrapped: Record<Kind, WeakMap<JobReference, WrappedReference>> = {
  iterate: new WeakMap(),
  bind: new WeakMap(),
  bound: new WeakMap(),
  effect: new WeakMap(),
};

/**
 * Finds out how a thread can get `f`, to call it in some way of its own.
 *
 * @throws CallableError (or a promise rejected with one) when no thread can reach `f`
 */
export function resolveWrapped(kind: Kind, f: Function): Callable | Promise<Callable> {
  const callable = resolveCallable(f);
  return isPromise(callable) ? callable.then((found) => wrap(kind, found)) : wrap(kind, callable);
}

/** The same for a function that gets a bound object, and whose items are wanted. */
export function resolveBoundItems(f: Function): Callable | Promise<Callable> {
  const callable = resolveWrapped('iterate', f);
  return isPromise(callable) ? callable.then((found) => wrap('bound', found)) : wrap('bound', callable);
}

/** The same for a function that is called for its effect. */
export function resolveForEffect(f: Function): Callable | Promise<Callable> {
  return resolveWrapped('effect', f);
}

/** The same function, to be called in a way of its own. */
export function wrap(kind: Kind, callable: Callable): CapturedCall {
  const { reference, values } = partsOfCallable(callable);
  let known = wrapped[kind].get(reference);
  if (known === undefined) {
    known = { kind, of: reference };
    wrapped[kind].set(reference, known);
  }
  return new CapturedCall(known, values);
}
