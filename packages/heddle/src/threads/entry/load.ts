import { createRequire } from 'node:module';
import { CallableError } from '../wire/callable-error.ts';
import type { FunctionReference } from '../wire/reference.ts';

/** A function found in this thread, with the object it is a method of. */
export interface LoadedFunction {
  readonly f: Function;
  readonly receiver: unknown;
}

type Holder = Readonly<Record<string, unknown>>;

const namespaces = new Map<string, object>();

/**
 * Loads the function that a reference names into this thread.
 *
 * Answers at once but for an ES module that this thread has not imported yet.
 *
 * @throws CallableError `HEDDLE_NO_SUCH_FUNCTION` where the address leads to no function, and
 *   whatever the module throws while it is loaded (or a promise rejected with either).
 */
export function loadFunction(reference: FunctionReference): LoadedFunction | Promise<LoadedFunction> {
  switch (reference.kind) {
    case 'global':
      return member(globalThis, reference.path, 'the global object', undefined);
    case 'builtin': {
      const exports: unknown = process.getBuiltinModule(reference.module);
      return member(exports, reference.path, reference.module, exports);
    }
    case 'commonjs': {
      const exports: unknown = createRequire(reference.file)(reference.file);
      return member(exports, reference.path, reference.file, exports);
    }
    case 'module': {
      const known = namespaces.get(reference.url);
      return known === undefined ? importMember(reference.url, reference.path) : exported(known, reference);
    }
  }
}

async function importMember(url: string, path: readonly string[]): Promise<LoadedFunction> {
  const namespace: object = await import(url);
  namespaces.set(url, namespace);
  return exported(namespace, { url, path });
}

// An explicit reference may name a CommonJS file, of whose exports Node sees only some by name.
function exported(namespace: object, { url, path }: { url: string; path: readonly string[] }): LoadedFunction {
  const [first = 'default'] = path;
  const fallback: unknown = Reflect.get(namespace, 'default');
  if (first in namespace || !isHolder(fallback) || !(first in fallback)) {
    return member(namespace, path, url, undefined);
  }
  return member(fallback, path, url, fallback);
}

/** Follows the path from `root`; the function's `this` is the object before the last step, or `outermost` at the root. */
function member(root: unknown, path: readonly string[], address: string, outermost: unknown): LoadedFunction {
  let receiver: unknown;
  let value = root;
  path.forEach((step, index) => {
    receiver = index === 0 ? outermost : value;
    value = isHolder(value) ? value[step] : undefined;
  });
  if (typeof value === 'function') return { f: value, receiver };
  const name = path.join('.');
  throw new CallableError({
    code: 'HEDDLE_NO_SUCH_FUNCTION',
    functionName: name,
    message: `${address} gives no function '${name}' in the thread. ${whatThereIs(root)}`,
  });
}

function whatThereIs(root: unknown): string {
  if (root === globalThis || !isHolder(root)) return '';
  const names = Object.keys(root);
  return names.length === 0 ? 'It has no exports.' : `It has: ${names.slice(0, 20).join(', ')}.`;
}

function isHolder(value: unknown): value is Holder {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
