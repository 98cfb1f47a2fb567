import { createRequire } from 'node:module';
import type { Address } from '../../wire/address.ts';
import { isPromise } from '../../wire/is-promise.ts';
import { isHolder, type Located, member } from '../../wire/member.ts';
import { forgetReloaded } from './forget-reloaded.ts';
import { besideImports, importModule } from './import-module.ts';
import { importing } from './importing.ts';

/**
 * Finds what is at an address, and loads its module for that.
 *
 * @param functionName of the function that it is for, where it is not that function
 */
export function locate(address: Address, functionName: string = address.path.join('.')): Located | Promise<Located> {
  const located = locateByPath(address, functionName);
  const { text } = address;
  if (text === undefined) return located;
  const orBefore = (found: Located): Located | Promise<Located> => whatIsBefore(address, text, functionName, found);
  return isPromise(located) ? located.then(orBefore) : orBefore(located);
}

/** What is at an address; where that is nothing, the function of this text on the way. */
function whatIsBefore(
  address: Address,
  text: string,
  functionName: string,
  nothing: Located,
): Located | Promise<Located> {
  if (nothing.value !== undefined) return nothing;
  const path = address.path.slice(0, -1);
  const choose = (before: Located): Located | Promise<Located> => {
    const { value } = before;
    if (typeof value === 'function' && Function.prototype.toString.call(value) === text) return before;
    return path.length < 2 ? nothing : whatIsBefore({ ...address, path }, text, functionName, nothing);
  };
  const before = locateByPath({ ...address, path }, functionName);
  return isPromise(before) ? before.then(choose) : choose(before);
}

function locateByPath(address: Address, functionName: string): Located | Promise<Located> {
  switch (address.kind) {
    case 'global':
      return member(globalThis, address.path, 'the global object', undefined);
    case 'builtin': {
      const exports: unknown = process.getBuiltinModule(address.module);
      return member(exports, address.path, address.module, exports);
    }
    case 'commonjs': {
      const { file, path, reloads } = address;
      return importing(functionName, file, () => {
        if (reloads !== undefined) forgetReloaded(reloads);
        return besideImports(() => {
          const exports: unknown = createRequire(file)(file);
          return member(exports, path, file, exports);
        });
      });
    }
    case 'module': {
      const { url, path } = address;
      return importing(functionName, url, () => {
        const namespace = importModule(url);
        return isPromise(namespace)
          ? namespace.then((loaded) => exported(loaded, url, path))
          : exported(namespace, url, path);
      });
    }
  }
}

// An explicit reference may name a CommonJS file, of whose exports Node sees only some by name.
function exported(namespace: object, url: string, path: readonly string[]): Located | Promise<Located> {
  const [first = 'default'] = path;
  const fallback: unknown = Reflect.get(namespace, 'default');
  if (first in namespace || !isHolder(fallback)) return member(namespace, path, url, undefined);
  // What webpack makes as CommonJS of a module that awaits something at its top.
  if (fallback instanceof Promise) return fallback.then((holder: object) => member(holder, path, url, holder));
  if (!(first in fallback)) return member(namespace, path, url, undefined);
  return member(fallback, path, url, fallback);
}
