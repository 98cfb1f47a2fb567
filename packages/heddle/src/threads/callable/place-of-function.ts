import { inspect } from 'node:util';
import type { FunctionReference } from '../wire/reference.ts';
import { BoundedMap } from '../wire/bounded-map.ts';
import { MOST_KNOWN_FUNCTIONS } from '../wire/most-known-functions.ts';
import { CallableError, type CallableErrorCode } from '../wire/errors/callable-error.ts';
import type { PlaceOfFunction } from '../wire/messages.ts';
import { functionName } from '../wire/function-name.ts';
import { references } from './known.ts';
import { indexNodeFunctions } from './node-functions.ts';
import { type Origin, originOf } from './scripts/origin.ts';

const places = new WeakMap<Function, PlaceOfFunction>();
// Closures made over and over are one function to the other side, which keeps what it is told of.
const written = new BoundedMap<string, PlaceOfFunction>(MOST_KNOWN_FUNCTIONS);

/**
 * Says where another thread finds its own instance of `f`, at once: who asks is about to block.
 *
 * An ES module's exports can only be had by a promise, so a function of one goes by its module and the way it is written
 * there, and the other thread looks for it among the exports.
 *
 * @throws CallableError where there is no telling
 */
export function placeOf(f: Function): PlaceOfFunction {
  const known = places.get(f);
  if (known !== undefined) return known;
  requireFunction(f);
  const place = addressOf(f, references.get(f)) ?? find(f);
  places.set(f, place);
  return place;
}

/** @throws CallableError `HEDDLE_NOT_A_FUNCTION` */
export function requireFunction(f: unknown): void {
  if (typeof f === 'function') return;
  throw refused(
    'HEDDLE_NOT_A_FUNCTION',
    inspect(f, { depth: 0, breakLength: Infinity, customInspect: false }),
    'it is no function',
  );
}

function find(f: Function): PlaceOfFunction {
  const origin = originOf(f);
  const name = functionName(f);
  if (origin.kind === 'script' && !origin.script.url.startsWith('node:')) {
    const { url, inMainRealm } = origin.script;
    if (!inMainRealm || !url.includes(':'))
      throw refused('HEDDLE_NO_SUCH_FUNCTION', name, 'it is written in no module');
    const text = Function.prototype.toString.call(f);
    const key = `${url} ${name} ${text}`;
    const place: PlaceOfFunction = written.get(key) ?? { kind: 'written', url, name, text };
    written.set(key, place);
    return place;
  }
  let place: PlaceOfFunction | undefined;
  indexNodeFunctions((found, reference) => {
    if (found === f) place ??= addressOf(f, reference);
  });
  if (place === undefined) throw withoutModule(name, origin);
  return place;
}

function addressOf(f: Function, reference: FunctionReference | undefined): PlaceOfFunction | undefined {
  if (reference === undefined || reference.kind === 'captured' || reference.kind === 'factory') return undefined;
  return { kind: 'address', address: reference, name: functionName(f) };
}

function withoutModule(name: string, origin: Origin): CallableError {
  switch (origin.kind) {
    case 'bound':
      return refused('HEDDLE_BOUND', name, 'it was made by bind');
    case 'proxy':
      return refused('HEDDLE_PROXY', name, 'it is a Proxy');
    case 'denied':
      return refused('HEDDLE_INSPECTOR_DENIED', name, 'Node does not tell where it is written', origin.reason);
    default:
      return refused('HEDDLE_NATIVE', name, 'it is compiled code without a public name');
  }
}

function refused(code: CallableErrorCode, name: string, why: string, cause?: unknown): CallableError {
  return new CallableError({
    code,
    functionName: name,
    message: `${name || 'The function'} cannot be called in the reactor's thread: ${why}. Pass it to the call with notify(fn) or ask(fn), or export it from a module.`,
    ...(cause === undefined ? {} : { cause }),
  });
}
