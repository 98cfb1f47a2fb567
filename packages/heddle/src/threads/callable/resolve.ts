import type { FunctionReference } from '../wire/reference.ts';
import { isEntryModule } from './entry-module.ts';
import { CallableError, type Refusal } from '../wire/callable-error.ts';
import { references, refusals } from './known.ts';
import { countNodeModules, indexNodeFunctions } from './node-functions.ts';
import { type Origin, originOf } from './origin.ts';
import { searchOtherModules } from './other-modules.ts';
import { searchOwnModule, type Verdict } from './own-module.ts';
import * as refuse from './refusals.ts';
import type { Script } from './scripts.ts';

/**
 * Finds the address under which a thread can load `f`.
 *
 * Answers at once for a function seen before or found among what is loaded,
 * with a promise where a module must be asked for its namespace.
 *
 * The order: functions known already (those of `threadFunction` among them), Node's own,
 * the exports of the module that `f` is written in, the exports of all others.
 *
 * @throws CallableError (or a promise rejected with one) when no thread can reach `f`.
 */
export function resolveCallable(f: Function): FunctionReference | Promise<FunctionReference> {
  return references.get(f) ?? resolveUnknown(f);
}

let nodeModulesIndexed = 0;

function resolveUnknown(f: Function): FunctionReference | Promise<FunctionReference> {
  if (typeof f !== 'function') throw new CallableError(refuse.notAFunction(f));
  const refusal = refusals.get(f);
  if (refusal !== undefined) throw new CallableError(refusal);
  // The first look at Node's own functions takes a few milliseconds, and spares those the inspector.
  return (nodeModulesIndexed === 0 ? nodeFunction(f) : undefined) ?? findByOrigin(f, originOf(f));
}

/** Looks through what Node has loaded since the last look. Everything found on the way is known from then on. */
function nodeFunction(f: Function): FunctionReference | Promise<FunctionReference> | undefined {
  const loaded = countNodeModules();
  if (loaded === nodeModulesIndexed) return undefined;
  nodeModulesIndexed = loaded;
  indexNodeFunctions((found, reference) => {
    if (!references.has(found)) references.set(found, reference);
  });
  return references.get(f);
}

function findByOrigin(f: Function, origin: Origin): FunctionReference | Promise<FunctionReference> {
  if (origin.kind !== 'script') return nodeFunction(f) ?? searchElsewhere(f, origin, withoutModule(f, origin));
  const { script } = origin;
  // From a module of Node's that was loaded since the last look.
  if (script.url.startsWith('node:')) return nodeFunction(f) ?? searchElsewhere(f, origin, refuse.native(f));
  if (isEvaluated(script)) return searchElsewhere(f, origin, refuse.evaluated(f, origin));
  if (isEntryModule(script.url)) throw forever(f, refuse.inEntryModule(f, origin));
  const verdict = searchOwnModule(f, script);
  if (!(verdict instanceof Promise)) return heed(f, origin, verdict);
  return pending(
    f,
    verdict.then((said) => heed(f, origin, said)),
  );
}

function heed(f: Function, origin: Origin, verdict: Verdict): FunctionReference | Promise<FunctionReference> {
  switch (verdict.kind) {
    case 'exported':
      references.set(f, verdict.reference);
      return verdict.reference;
    case 'hidden':
      return searchElsewhere(f, origin, refuse.notExported(f, origin));
    case 'ambiguous':
      throw forever(f, refuse.ambiguousThis(f, origin, verdict.paths));
    case 'failed':
      throw forever(f, refuse.moduleFailed(f, origin, verdict.reason));
    case 'evaluating':
      throw new CallableError(refuse.stillEvaluating(f, origin));
  }
}

/** The last step. What finds more functions (by their text and what they capture) follows here, before the refusal. */
function searchElsewhere(f: Function, origin: Origin, refusal: Refusal): Promise<FunctionReference> {
  return pending(
    f,
    searchOtherModules(f, origin).then(({ reference, complete }) => {
      if (reference === undefined) throw complete ? forever(f, refusal) : new CallableError(refusal);
      references.set(f, reference);
      return reference;
    }),
  );
}

/** Lets calls that come while `f` is searched for wait for the same answer. */
function pending(f: Function, search: Promise<FunctionReference>): Promise<FunctionReference> {
  references.set(f, search);
  search.catch(() => {
    if (references.get(f) === search) references.delete(f);
  });
  return search;
}

function forever(f: Function, refusal: Refusal): CallableError {
  refusals.set(f, refusal);
  return new CallableError(refusal);
}

function withoutModule(f: Function, origin: Exclude<Origin, { kind: 'script' }>): Refusal {
  switch (origin.kind) {
    case 'bound':
      return refuse.bound(f, origin);
    case 'proxy':
      return refuse.proxied();
    case 'native':
      return refuse.native(f);
    case 'denied':
      return refuse.inspectorDenied(f, origin.reason);
  }
}

// What was not read from a file carries a name that is no URL, or the brackets Node puts around `-e` and standard input.
function isEvaluated({ url }: Script): boolean {
  return !/^[a-z][a-z+.-]+:/i.test(url) || /(?:\[|%5B)(?:eval|stdin)\d*(?:\]|%5D)$/i.test(url);
}
