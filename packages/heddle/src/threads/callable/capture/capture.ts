import { CallableError } from '../../wire/errors/callable-error.ts';
import { isPromise } from '../../wire/is-promise.ts';
import type { Scope } from '../scripts/scope.ts';
import type { CapturedCall } from './captured-call.ts';
import { Graph, type Locate } from './graph.ts';
import type { Literal } from './literal.ts';
import { TopsOfModules } from './tops-of-modules.ts';

/**
 * Captures `f`: its text, the values of the variables it uses at this moment, and in the same way
 * the functions it uses that have no address.
 *
 * @param scopes what surrounds `f`; undefined where it uses nothing of that, or nothing that ever changes
 * @throws CallableError (or a promise rejected with one) naming what stands in the way
 */
export function capture(
  f: Function,
  literal: Literal,
  scopes: readonly Scope[] | undefined,
  locate: Locate,
): CapturedCall | Promise<CapturedCall> {
  return attempt(f, literal, scopes, locate, new TopsOfModules(), []);
}

/**
 * @param tops what stood at the tops of modules when this was first tried
 * @param refused what was refused, and is loaded by the thread now
 */
function attempt(
  f: Function,
  literal: Literal,
  scopes: readonly Scope[] | undefined,
  locate: Locate,
  tops: TopsOfModules,
  refused: readonly object[],
): CapturedCall | Promise<CapturedCall> {
  const graph = new Graph(literal, locate, tops);
  try {
    graph.add({ f, literal }, scopes, []);
    const call = graph.finish();
    return isPromise(call) ? call.catch((error) => again(error)) : call;
  } catch (error) {
    return again(error);
  }

  function again(error: unknown): CapturedCall | Promise<CapturedCall> {
    const instead = isRefusal(error) ? graph.loadsInstead(refused) : undefined;
    if (instead === undefined) throw error;
    return attempt(f, literal, scopes, locate, tops, [...refused, instead]);
  }
}

/** Whether it tells what cannot be copied. What the program's own code has thrown, such as a codec or a getter, is no such thing. */
function isRefusal(error: unknown): boolean {
  return error instanceof CallableError && (error.cause === undefined || isRefusal(error.cause));
}
