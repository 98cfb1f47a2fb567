import type { JobReference } from '../wire/reference.ts';
import { isPromise } from '../wire/is-promise.ts';
import { refusal } from '../wire/values/obstacle.ts';
import { obstacleIn } from '../wire/values/pack.ts';
import { type Callable, partsOfCallable, resolveCallable, resolveWithoutAddress } from './resolve.ts';
import { within } from './within.ts';
import { wrap } from './wrapped.ts';

/**
 * The same call with the address left aside that the build plug-in gave its function, since its closure holds what cannot
 * be sent as it is: run-time capture may take parts of the values, or knows why it cannot.
 *
 * @param values those of `reference`
 * @param unclonable what stands in the way of the address
 * @returns undefined where the function has none
 * @throws CallableError (or a promise rejected with one) when no thread can reach `f`
 */
export function withoutAddress(
  f: Function,
  reference: JobReference,
  values: readonly unknown[],
  unclonable: Error,
): Callable | Promise<Callable> | undefined {
  switch (reference.kind) {
    case 'factory':
      return resolveWithoutAddress(f, unclonable);
    case 'iterate':
    case 'bind':
    case 'bound':
    case 'effect':
      return again(withoutAddress(f, reference.of, values, unclonable), (found) => wrap(reference.kind, found));
    case 'within': {
      const { storages } = reference;
      const stores = values.slice(0, storages.length);
      const captured = values.slice(storages.length);
      const found = withoutAddress(f, reference.function, captured, unclonable);
      return again(found, (callable) => within(callable, storages, stores));
    }
    default:
      return undefined;
  }
}

/**
 * Finds out how a thread can get `f` as one of several functions that one call brings. Nobody tries another way when that
 * is sent, so whether what its closure holds can be sent is seen before.
 *
 * @throws CallableError (or a promise rejected with one) when no thread can reach `f`
 */
export function resolveSendable(f: Function): Callable | Promise<Callable> {
  const callable = resolveCallable(f);
  if (isPromise(callable)) return callable;
  const { reference, values } = partsOfCallable(callable);
  const obstacle = reference.kind === 'factory' ? obstacleIn(values) : undefined;
  if (obstacle === undefined) return callable;
  return resolveWithoutAddress(f, refusal(obstacle, 'captured'));
}

function again(
  found: Callable | Promise<Callable> | undefined,
  wrapped: (callable: Callable) => Callable,
): Callable | Promise<Callable> | undefined {
  if (found === undefined) return undefined;
  return isPromise(found) ? found.then(wrapped) : wrapped(found);
}
