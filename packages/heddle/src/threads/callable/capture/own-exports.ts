import { obstacleIn } from '../../wire/values/pack.ts';
import type { Address } from '../../wire/address.ts';
import type { Usage } from './usage.ts';

/** Addresses of parts of modules: one object each, by which a thread knows again what it has loaded. */
const members = new WeakMap<Address, Map<string, Address>>();

/**
 * The variables that a compiler has made properties of `exports`: TypeScript writes `exports.limit` for an `export let limit`
 * of the function's own module. What can be copied is as it is at the call, as in an ES module; the rest is the thread's own.
 */
export class OwnExports {
  readonly #modules = new Map<object, Address>();

  /** Takes the exports of a function's own module, where all that it uses of them is such variables. */
  take(exports: object, module: Address, { name, whole }: Usage): boolean {
    if (name !== 'exports' || whole || module.kind !== 'commonjs' || !Object.hasOwn(exports, '__esModule'))
      return false;
    this.#modules.set(exports, module);
    return true;
  }

  has(value: object): boolean {
    return this.#modules.has(value);
  }

  /** What the thread has one of them by; undefined for what is copied. */
  given(exports: object, key: string): Address | undefined {
    const value: unknown = Reflect.get(exports, key);
    if (typeof value !== 'function' && obstacleIn(value) === undefined) return undefined;
    const module = this.#modules.get(exports) as Address;
    let known = members.get(module);
    if (known === undefined) members.set(module, (known = new Map()));
    const address = known.get(key) ?? ({ ...module, path: [key] } as Address);
    known.set(key, address);
    return address;
  }
}
