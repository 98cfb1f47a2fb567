import { Copy, describe } from './copy.ts';
import type { Outgoing } from './decoding-order.ts';
import type { Parcel } from './payload.ts';
import { isError, kindOf } from './plain.ts';
import { Records } from './record.ts';

/** Deeper than some thousand, V8 cannot read on the other side what it has written on this one. */
const MOST_LEVELS = 500;

/**
 * What errors hold as data comes to an end. Code may give others without one; where it does not, it gives hardly more than
 * the cause of an error of an error of a list.
 */
const ORDINARY_NESTING = 3;
/** Of errors that lie deeper in what code has given, two in each of them perhaps, so many are copied. */
const MOST_DEEP_ERRORS = 5000;

/** A copy of which something always comes about: a text stands in for what cannot be read or sent. */
export class LenientCopy extends Copy {
  #depth = 0;
  /** How often what is being copied lies in what code has given: a getter, a class, a codec. */
  #nesting = 0;
  #deepErrors = 0;
  readonly #given = new Set<unknown>();
  readonly #records = new Records();
  readonly #withoutCodec: ReadonlySet<object>;

  /** @param withoutCodec instances that are to be sent as if their class had no codec */
  constructor(withoutCodec: ReadonlySet<object> = new Set()) {
    super();
    this.#withoutCodec = withoutCodec;
  }

  override parcel(value: unknown): Parcel {
    try {
      return super.parcel(value);
    } catch (error) {
      if (!(error instanceof CyclicInstances)) throw error;
      return new LenientCopy(new Set([...this.#withoutCodec, ...error.instances])).parcel(value);
    }
  }

  protected override of(value: unknown): unknown {
    if (this.#depth === MOST_LEVELS) return describe(value);
    const isGiven = this.#given.has(value);
    this.#depth++;
    if (isGiven) this.#nesting++;
    try {
      return super.of(value);
    } catch {
      return describe(value);
    } finally {
      this.#depth--;
      if (isGiven) this.#nesting--;
    }
  }

  protected override error(error: Error): Error {
    if (this.#nesting > ORDINARY_NESTING && ++this.#deepErrors > MOST_DEEP_ERRORS) {
      throw new RangeError('Errors within errors have no end.');
    }
    return super.error(error);
  }

  protected override stackOf(error: Error): string | undefined {
    try {
      return super.stackOf(error);
    } catch {
      return undefined;
    }
  }

  protected override read(object: object, key: string): unknown {
    try {
      const value = super.read(object, key);
      if (isGetter(object, key)) this.#given.add(value);
      return value;
    } catch (error) {
      return `[not readable: ${describe(error)}]`;
    }
  }

  protected override dense(items: readonly unknown[]): unknown[] | undefined {
    try {
      // Where an item has a getter, which may throw, each is read by itself.
      if (items.some((item, index) => typeof item === 'object' && isGetter(items, index))) return undefined;
      return super.dense(items);
    } catch {
      return undefined;
    }
  }

  /** A text, where code asks whether there is an object, would be worse than nothing. */
  protected override isPart(value: unknown): boolean {
    try {
      if (kindOf(value) === 'refused' && !this.#records.has(value)) return false;
      this.#given.add(value);
      return true;
    } catch {
      // Behind it stands a Proxy that does not let itself be asked.
      return false;
    }
  }

  /** Its prototype alone does not show whether structured clone takes it: its memory may be gone. */
  protected override leaf(value: object): object {
    structuredClone(value);
    return value;
  }

  protected override instance(instance: object): unknown {
    try {
      this.#nesting++;
      if (!this.#withoutCodec.has(instance)) return super.instance(instance);
    } catch {
      // Its codec cannot encode it.
    } finally {
      this.#nesting--;
    }
    return this.#plain(instance);
  }

  protected override instead(instance: object): { readonly instead: unknown } {
    return { instead: this.#plain(instance) };
  }

  protected override cyclic(instances: readonly [Outgoing, ...Outgoing[]]): void {
    throw new CyclicInstances(instances.map(({ original }) => original));
  }

  /** Nobody waits for what hangs on an error: it is no reason to take something away. */
  protected override moved(value: object): unknown {
    return this.of(value);
  }

  protected override refused(value: unknown): unknown {
    return this.#records.has(value) ? this.properties(value, {}) : describe(value);
  }

  /** What the instance is to somebody who knows nothing of its class. */
  #plain(instance: object): unknown {
    return isError(instance) ? this.error(instance) : describe(instance);
  }
}

function isGetter(object: object, key: string | number): boolean {
  return Object.getOwnPropertyDescriptor(object, key)?.get !== undefined;
}

/** Ends a copy that is to be made again without some codecs. */
class CyclicInstances extends Error {
  readonly instances: readonly object[];

  constructor(instances: readonly object[]) {
    super();
    this.instances = instances;
  }
}
