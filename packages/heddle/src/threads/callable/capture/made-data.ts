import { obstacleIn } from '../../wire/values/pack.ts';
import type { Literal } from './literal.ts';
import type { Variable } from './variables.ts';

/**
 * What a module exports, in variables that get it by code of the program's own: `Object.assign(require('./settings.json'),
 * given)`. Data is as that code has made it, which the thread's own is not; what cannot be copied is the thread's own.
 */
export class MadeData {
  readonly #objects = new Set<object>();

  /** Takes what a module exports, where the variable's declaration does not just name that, and it can be copied. */
  take(exports: object, { usage: { name }, atTop }: Variable, { facts }: Literal): boolean {
    if (this.#objects.has(exports)) return true;
    if (!atTop || name === 'exports' || !facts.known || facts.required.has(name)) return false;
    if (!isCopyable(exports)) return false;
    this.#objects.add(exports);
    return true;
  }

  has(value: object): boolean {
    return this.#objects.has(value);
  }
}

function isCopyable(value: object): boolean {
  try {
    return !givesByGetters(value) && obstacleIn(value) === undefined;
  } catch {
    // Its own code, such as a getter, throws.
    return false;
  }
}

/** Whether it has getters, as a module that loads its parts when they are asked for: none of them is to be asked here. */
function givesByGetters(exports: object): boolean {
  return Object.values(Object.getOwnPropertyDescriptors(exports)).some(({ get }) => get !== undefined);
}
