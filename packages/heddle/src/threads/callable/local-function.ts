import { createRequire } from 'node:module';
import { member } from '../wire/member.ts';
import type { Address } from '../wire/address.ts';
import { CallableError } from '../wire/errors/callable-error.ts';
import type { PlaceOfFunction } from '../wire/messages.ts';
import { functionName } from '../wire/function-name.ts';
import { importLoaded, namespaceAtHand } from './modules/loaded-import.ts';
import { walkMembers } from './members.ts';

/** A function of this thread's own instance of a module. */
export interface LocalFunction {
  readonly f: Function;
  readonly receiver: unknown;
}

type WrittenPlace = PlaceOfFunction & { kind: 'written' };

const DEPTH = 3;

/**
 * Finds this thread's own instance of a function that another thread has called by where it is.
 *
 * @throws CallableError (or a promise rejected with one) where there is none, or it cannot be told which it is
 */
export function localFunction(place: PlaceOfFunction): LocalFunction | Promise<LocalFunction> {
  return place.kind === 'address'
    ? atAddress(place.address, place.name)
    : inNamespace(place.url, place.name, (namespace) => writtenAs(namespace, place));
}

function atAddress(address: Address, name: string): LocalFunction | Promise<LocalFunction> {
  switch (address.kind) {
    case 'global':
      return at(globalThis, address.path, name, undefined);
    case 'builtin': {
      const exports: unknown = process.getBuiltinModule(address.module);
      return at(exports, address.path, name, exports);
    }
    case 'commonjs': {
      const exports: unknown = createRequire(address.file)(address.file);
      return at(exports, address.path, name, exports);
    }
    case 'module':
      return inNamespace(address.url, name, (namespace) => at(namespace, address.path, name, undefined));
  }
}

function at(root: unknown, path: readonly string[], name: string, outermost: unknown): LocalFunction {
  const { value, receiver } = member(root, path, '', outermost);
  if (typeof value !== 'function') throw missing(name, `there is none at its address (${path.join('.')})`);
  return { f: value, receiver };
}

function inNamespace(
  url: string,
  name: string,
  find: (namespace: object) => LocalFunction,
): LocalFunction | Promise<LocalFunction> {
  const namespace = namespaceAtHand(url);
  return namespace === undefined ? namespaceOf(url, name).then(find) : find(namespace);
}

function writtenAs(namespace: object, { url, name, text }: WrittenPlace): LocalFunction {
  const found = new Map<Function, LocalFunction & { readonly path: string }>();
  walkMembers(namespace, DEPTH, (f, owner, path) => {
    if (functionName(f) !== name || Function.prototype.toString.call(f) !== text || found.has(f)) return false;
    found.set(f, { f, receiver: owner === namespace ? undefined : owner, path: path().join('.') });
    return false;
  });
  const [first, ...others] = found.values();
  if (first === undefined) throw missing(name, `its module, ${url}, does not export it there`);
  if (others.length > 0) {
    const paths = [first, ...others].map(({ path }) => path).join(' and ');
    throw missing(name, `it cannot be told which of several that are written the same it is: ${paths} of ${url}`);
  }
  return first;
}

async function namespaceOf(url: string, name: string): Promise<object> {
  const imported = await importLoaded(url);
  switch (imported.kind) {
    case 'namespace':
      return imported.namespace;
    case 'failed':
      throw missing(name, `its module, ${url}, cannot be loaded there`, { cause: imported.reason });
    case 'evaluating':
      throw missing(name, `its module, ${url}, has not finished its top-level code there`);
  }
}

function missing(name: string, why: string, details: { cause?: unknown } = {}): CallableError {
  return new CallableError({
    code: 'HEDDLE_NO_SUCH_FUNCTION',
    functionName: name,
    message: `${name || 'The function'} cannot be called in the reactor's thread: ${why}. Pass it to the call with notify(fn) or ask(fn), or export it under a name of its own.`,
    ...details,
  });
}
