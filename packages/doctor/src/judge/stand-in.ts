import type { Beginning, Copy, Measure } from './measure.ts';

/** What a stand-in has seen of its call. */
export interface StandInRecord {
  readonly beginning: Beginning;
  readonly result: Copy | undefined;
  readonly hasThrown: boolean;
  readonly runMs: number;
}

interface StandIn {
  readonly restore: () => void;
  record: StandInRecord | undefined;
}

/**
 * Functions that stand in for one call of a native one, which no breakpoint stops in: they measure what it gets and
 * gives, in the property that the program calls it by. The first call puts the native function back.
 */
export class StandIns {
  readonly #measure: Measure;
  readonly #standIns = new Map<number, StandIn>();

  constructor(measure: Measure) {
    this.#measure = measure;
  }

  /** @returns whether there is such a property, with a native function in it, and it can be put back as it was */
  install(id: number, holder: unknown, name: string): boolean {
    if ((typeof holder !== 'object' && typeof holder !== 'function') || holder === null) return false;
    const property = Object.getOwnPropertyDescriptor(holder, name);
    const f: unknown = property?.value;
    if (property?.configurable !== true || property.writable !== true || typeof f !== 'function') return false;
    const restore = (): void => {
      if (Object.getOwnPropertyDescriptor(holder, name)?.value === standIn)
        Object.defineProperty(holder, name, property);
    };
    const entry: StandIn = { restore, record: undefined };
    const watch = (on: unknown, args: readonly unknown[]): unknown => this.#watch(id, entry, f, on, args);
    const standIn = function (this: unknown, ...args: readonly unknown[]): unknown {
      restore();
      return watch(this, args);
    };
    Object.defineProperties(standIn, {
      name: { value: f.name, configurable: true },
      length: { value: f.length, configurable: true },
    });
    Object.defineProperty(holder, name, { ...property, value: standIn });
    this.#standIns.set(id, entry);
    return true;
  }

  /** Puts the native function back, if nobody has called it; what has been seen otherwise. */
  remove(id: number): StandInRecord | undefined {
    const entry = this.#standIns.get(id);
    this.#standIns.delete(id);
    entry?.restore();
    return entry?.record;
  }

  /** Puts all back. */
  removeAll(): void {
    for (const id of this.#standIns.keys()) this.remove(id);
  }

  #watch(id: number, entry: StandIn, f: Function, on: unknown, args: readonly unknown[]): unknown {
    const beginning = this.#measure.begin(id, f, on, args);
    const began = performance.now();
    let runMs = 0;
    let hasThrown = true;
    let result: unknown;
    try {
      result = Reflect.apply(f, on, args);
      hasThrown = false;
    } finally {
      runMs = performance.now() - began;
      entry.record = {
        beginning,
        result: hasThrown ? undefined : this.#measure.copy(result, 'result'),
        hasThrown,
        runMs,
      };
    }
    return result;
  }
}
