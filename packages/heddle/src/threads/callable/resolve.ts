import { types } from 'node:util';
import { CallableError, type Refusal } from '../wire/errors/callable-error.ts';
import { passedBy, type Resolved } from '../wire/values/passed.ts';
import type { FunctionReference } from '../wire/reference.ts';
import { capture } from './capture/capture.ts';
import type { Located } from './capture/graph.ts';
import { CapturedCall } from './capture/captured-call.ts';
import { isKnownLiteral, knownLiteral, literalAt, literalOf } from './capture/known-literals.ts';
import { isWrittenInCall } from './capture/written-in-call.ts';
import { isEntryModule } from './modules/entry-module.ts';
import { addresses, references, refusals } from './known.ts';
import {
  countNodeModules,
  globalOfNode,
  indexNodeFunctions,
  looksLikeNodesOwn,
  mayBeReplacement,
  replacedOfNode,
} from './node-functions.ts';
import { type Origin, originOf } from './scripts/origin.ts';
import { searchOtherModules, seenExported } from './modules/other-modules.ts';
import { searchOwnModule, type Verdict } from './modules/own-module.ts';
import { PendingSearch } from './pending-search.ts';
import * as refuse from './refusals.ts';
import { withTextOfKept } from './kept-original.ts';
import { noteReloads } from './modules/reloads.ts';
import type { Script } from './scripts/scripts.ts';
import { isPromise } from '../wire/is-promise.ts';

/** What a thread needs to run a function: its address, or its text and the values it uses. */
export type Callable = FunctionReference | CapturedCall;

/** The same, taken apart: how the thread gets the function, and the values that it captures. */
export function partsOfCallable(callable: Callable): Resolved {
  if (callable instanceof CapturedCall) return { reference: callable.reference, values: callable.values };
  return { reference: callable, values: NONE };
}

const NONE: readonly unknown[] = [];

/** Whether it has been found out before how a thread can get `f`, or why none can. */
export function isKnown(f: Function): boolean {
  return typeof f !== 'function' || references.has(f) || addresses.has(f) || refusals.has(f);
}

/**
 * Finds out how a thread can get `f`.
 *
 * Answers at once for a function seen before or found among what is loaded,
 * with a promise where a module must be asked for its namespace.
 *
 * The order: functions known already (those of `threadFunction` among them), those that the build plug-in gave
 * an address, Node's own, literals whose
 * closures were captured before, the exports of the module that `f` is written in, the exports of all
 * others; and where none of them gives it, its text.
 *
 * @throws CallableError (or a promise rejected with one) when no thread can reach `f`.
 */
export function resolveCallable(f: Function): Callable | Promise<Callable> {
  const known = references.get(f);
  if (known !== undefined) return known;
  const addressed = addresses.get(f)?.callOf(f);
  if (addressed !== undefined) return addressed;
  const located = locate(f);
  return isPromise(located) ? located.then((found) => callableOf(f, found)) : callableOf(f, located);
}

/**
 * Finds out how a thread can get a function whose closure holds what cannot be sent as it is, with the address that
 * the build plug-in gave it left aside: run-time capture may take parts of the values, or knows why it cannot.
 *
 * @param unclonable what stands in the way of the address
 * @throws CallableError (or a promise rejected with one) when no thread can reach `f`.
 */
export function resolveWithoutAddress(f: Function, unclonable: Error): Callable | Promise<Callable> {
  addresses.delete(f);
  const explain = (error: unknown): never => {
    const isOnlyDenied =
      error instanceof CallableError &&
      (error.code === 'HEDDLE_INSPECTOR_DENIED' || error.code === 'HEDDLE_CODE_GENERATION');
    throw isOnlyDenied ? new CallableError(refuse.addressedUnclonable(f, unclonable)) : error;
  };
  try {
    const callable = resolveCallable(f);
    return isPromise(callable) ? callable.catch(explain) : callable;
  } catch (error) {
    return explain(error);
  }
}

function callableOf(f: Function, located: Located): Callable | Promise<Callable> {
  return 'literal' in located ? capture(f, located.literal, located.scopes, locate) : located;
}

/** Searches that have not ended yet. */
const searches = new WeakMap<Function, PendingSearch>();

let nodeModulesIndexed = 0;

/** To look at all of Node's functions takes as long as so many looks for one, about. */
const MOST_LOOKS = 16;

let looksInVain = 0;

function locate(f: Function): Located | Promise<Located> {
  const known = references.get(f);
  if (known !== undefined) return known;
  if (typeof f !== 'function') throw new CallableError(refuse.notAFunction(f));
  const refusal = refusals.get(f);
  if (refusal !== undefined) throw new CallableError(refusal);
  const passed = passedBy(f);
  // A module that exports it has one in the thread, too.
  if (passed !== undefined) return searchOnce(f, () => refuse.passed(passed.way));
  if (isKnownLiteral(f)) return knownLiteral(f);
  const ofNode = nodeModulesIndexed === 0 ? ofNodeAtFirst(f) : undefined;
  if (ofNode !== undefined) return ofNode;
  const search = searches.get(f);
  const origin = search?.lastingOrigin ?? originOf(f);
  const literal = origin.kind === 'script' ? literalAt(origin, f) : undefined;
  if (literal !== undefined && origin.kind === 'script') {
    return exportedOfFactory(f, origin.script) ?? { literal, scopes: origin.scopes };
  }
  return search === undefined ? findByOrigin(f, origin) : search.answerFor(origin);
}

function searchOnce(f: Function, refusal: () => Refusal): Located | Promise<Located> {
  const search = searches.get(f);
  const origin = search?.lastingOrigin ?? originOf(f);
  return search === undefined ? searchElsewhere(f, origin, refusal) : search.answerFor(origin);
}

/**
 * That other closures made at the same place go by their text says nothing of this one, which may be what a module exports.
 * Of the entry nothing is looked for elsewhere.
 */
function exportedOfFactory(f: Function, script: Script): FunctionReference | undefined {
  const reference = isEntryModule(script.url) || isTypedIn(script) ? undefined : seenExported(f);
  return reference && remember(f, reference);
}

function remember(f: Function, reference: FunctionReference): FunctionReference {
  const known = withTextOfKept(f, reference);
  references.set(f, known);
  return known;
}

/**
 * One of Node's own functions, while not all of them are known: that spares it the inspector. To look for one by its name
 * is quicker than to look at all, but not for a program that defers ever new closures, which are never Node's.
 */
function ofNodeAtFirst(f: Function): FunctionReference | undefined {
  if (looksInVain < MOST_LOOKS && !looksLikeNodesOwn(f)) {
    looksInVain += 1;
    return undefined;
  }
  return nodeFunction(f);
}

function nodeFunction(f: Function): FunctionReference | undefined {
  return indexFunctionsOfNode() ? references.get(f) : undefined;
}

/**
 * What stands in the place of a function of Node's and may be of the program's making: the thread would run Node's. To tell
 * takes a question to the inspector, of which those that are Node's for sure need none.
 */
const standIns = new WeakMap<Function, FunctionReference>();

/** One of Node's own functions, of which it is known by now that it is compiled code or written in a module of Node's. */
function surelyNodes(f: Function): FunctionReference | undefined {
  const known = nodeFunction(f);
  if (known !== undefined) return known;
  const reference = standIns.get(f);
  return reference && remember(f, reference);
}

function ofNodesGlobals(f: Function): FunctionReference | undefined {
  const reference = globalOfNode(f);
  return reference && remember(f, reference);
}

function ofNodeReplaced(f: Function): FunctionReference | undefined {
  const reference = replacedOfNode(f, (held) => {
    const origin = originOf(held);
    return origin.kind === 'script' ? !origin.script.url.startsWith('node:') : origin.kind !== 'native';
  });
  return reference && remember(f, reference);
}

/**
 * Looks through what Node has loaded since the last look. Everything found on the way is known from then on.
 *
 * @returns whether there was anything new
 */
export function indexFunctionsOfNode(): boolean {
  const loaded = countNodeModules();
  if (loaded === nodeModulesIndexed) return false;
  nodeModulesIndexed = loaded;
  indexNodeFunctions((found, reference) => {
    if (references.has(found) || types.isProxy(found)) return;
    if (mayBeReplacement(found)) standIns.set(found, reference);
    else remember(found, reference);
  });
  return true;
}

function findByOrigin(f: Function, origin: Origin): Located | Promise<Located> {
  noteReloads();
  if (origin.kind !== 'script') {
    const isOwn = origin.kind === 'native' || origin.kind === 'denied';
    const known =
      (isOwn ? surelyNodes(f) : nodeFunction(f)) ?? (origin.kind === 'native' ? ofNodesGlobals(f) : undefined);
    return known ?? searchElsewhere(f, origin, () => withoutModule(f, origin));
  }
  const { script } = origin;
  // From a module of Node's that was loaded since the last look.
  if (script.url.startsWith('node:')) {
    return (
      surelyNodes(f) ?? ofNodesGlobals(f) ?? ofNodeReplaced(f) ?? searchElsewhere(f, origin, () => refuse.native(f))
    );
  }
  // V8 gives a script of WebAssembly its code as bytes, and no text.
  if (script.url.startsWith('wasm:')) return searchElsewhere(f, origin, () => refuse.native(f));
  // Nothing else can have these: no thread may load the entry, nothing else has seen what was typed in, and what is
  // written in the call itself was made for it.
  if (isEntryModule(script.url) || isTypedIn(script) || isWrittenInCall(f, origin)) return literalOf(f, origin);
  if (!script.url.includes(':')) return searchElsewhere(f, origin);
  const verdict = searchOwnModule(f, script);
  if (!isPromise(verdict)) return heed(f, origin, verdict);
  return pending(
    f,
    verdict.then((said) => heed(f, origin, said)),
  );
}

function heed(f: Function, origin: Origin, verdict: Verdict): Located | Promise<Located> {
  switch (verdict.kind) {
    case 'exported':
      return remember(f, verdict.reference);
    case 'hidden':
      return searchElsewhere(f, origin);
    case 'ambiguous':
      throw forever(f, refuse.ambiguousThis(f, origin, verdict.paths));
    case 'failed':
      throw forever(f, refuse.moduleFailed(f, origin, verdict.reason));
    case 'evaluating':
      throw new CallableError(refuse.stillEvaluating(f, origin));
  }
}

/** Looks through all other modules. What none of them gives goes by its text, or is refused. */
function searchElsewhere(f: Function, origin: Origin, refusal?: () => Refusal): Promise<Located> {
  return pending(
    f,
    searchOtherModules(f, origin).then(({ reference, complete }) => {
      if (reference !== undefined) return remember(f, reference);
      if (refusal === undefined && origin.kind === 'script') return literalOf(f, origin);
      const refused = refusal?.() ?? refuse.native(f);
      throw complete ? forever(f, refused) : new CallableError(refused);
    }),
  );
}

/** Lets calls that come while `f` is searched for wait for the same answer. */
function pending(f: Function, found: Promise<Located>): Promise<Located> {
  const search = new PendingSearch(f, found);
  searches.set(f, search);
  const end = (): void => {
    if (searches.get(f) === search) searches.delete(f);
  };
  found.then(end, end);
  return found;
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

// Node puts brackets around the names of what comes with `-e` and from standard input, and numbers what is typed into the REPL.
function isTypedIn({ url }: Script): boolean {
  return /(?:^|\/)(?:\[|%5B)(?:eval|stdin)\d*(?:\]|%5D)(?:-wrapper)?$|^REPL\d+$/i.test(url);
}
