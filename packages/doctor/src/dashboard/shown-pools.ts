import { inspect } from 'node:util';
import type { WatchedPool } from './options.ts';

/**
 * The pools that a dashboard shows, as a function of the program's says each time somebody looks. What that does wrong is
 * said once, as a warning: a page that somebody opens must not end the program.
 */
export class ShownPools {
  readonly #ask: () => Iterable<WatchedPool>;
  #hasWarned = false;

  constructor(ask: () => Iterable<WatchedPool>) {
    this.#ask = ask;
  }

  list(): WatchedPool[] {
    try {
      const given: unknown = this.#ask();
      const pools = isIterable(given) ? [...given] : [undefined];
      if (pools.every(isPool)) return pools;
      this.#warn(`gave ${inspect(given, { depth: 0 })}`);
    } catch (error) {
      this.#warn(`threw ${inspect(error)}`);
    }
    return [];
  }

  #warn(what: string): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    process.emitWarning(
      `A dashboard shows no pools where its option pools does not give any, as () => [pool] does: it ${what}.`,
      { code: 'HEDDLE_DASHBOARD_POOLS' },
    );
  }
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

function isPool(value: unknown): value is WatchedPool {
  const { statistics, calls } = (value ?? {}) as Partial<WatchedPool>;
  return typeof statistics === 'function' && typeof calls === 'function';
}
