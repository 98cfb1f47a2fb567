import { inspect } from 'node:util';
import { type ErrorDetails, errorKeys, nearestSharedClass } from './error-details.ts';
import type { Parcel } from './payload.ts';
import { kindOf } from './plain.ts';
import { UnclonableError } from './unclonable-error.ts';

/** Below this many bytes a copy costs less than moving an ArrayBuffer. */
const WORTH_MOVING = 16 * 1024;

type StackOf = (error: Error) => string | undefined;

/**
 * A copy of a value that structured clone takes as it is: the containers are
 * made anew, what needs a stand-in gets one, identity and cycles are kept.
 */
export class Copy {
  readonly #buffers: Uint8Array[] = [];
  readonly #errors: ErrorDetails[] = [];
  readonly #transfer: ArrayBuffer[] = [];
  readonly #copies = new Map<object, object>();

  parcel(value: unknown): Parcel {
    const copied = this.of(value);
    return { payload: { value: copied, buffers: this.#buffers, errors: this.#errors }, transfer: this.#transfer };
  }

  protected of(value: unknown): unknown {
    const kind = kindOf(value);
    if (kind === 'primitive') return value;
    const object = value as object;
    return this.#copies.get(object) ?? this.#make(kind, object);
  }

  protected stackOf(error: Error): string | undefined {
    return error.stack;
  }

  protected read(object: object, key: string): unknown {
    return (object as Record<string, unknown>)[key];
  }

  /** What is no container: its prototype says that structured clone takes it. */
  protected leaf(value: object): object {
    return value;
  }

  protected refused(value: unknown): unknown {
    throw new UnclonableError(`A getter gave ${describe(value)} where it had given something else before.`);
  }

  #make(kind: Exclude<ReturnType<typeof kindOf>, 'primitive'>, object: object): unknown {
    switch (kind) {
      case 'object':
        return this.#properties(object, {});
      case 'array': {
        const copy: unknown[] = [];
        copy.length = (object as unknown[]).length; // with its holes
        return this.#properties(object, copy);
      }
      case 'map': {
        const copy = this.#remember(object, new Map<unknown, unknown>());
        for (const [key, item] of object as Map<unknown, unknown>) copy.set(this.of(key), this.of(item));
        return copy;
      }
      case 'set': {
        const copy = this.#remember(object, new Set<unknown>());
        for (const item of object as Set<unknown>) copy.add(this.of(item));
        return copy;
      }
      case 'buffer':
        return this.#bytes(this.leaf(object) as Buffer);
      case 'error':
        return this.#error(object as Error);
      case 'cloneable':
        return this.leaf(object);
      case 'refused':
        return this.refused(object);
    }
  }

  #remember<C extends object>(original: object, copy: C): C {
    this.#copies.set(original, copy);
    return copy;
  }

  #properties(original: object, copy: object): object {
    this.#remember(original, copy);
    for (const key of Object.keys(original)) {
      // By definition, not assignment: a key may be `__proto__`.
      const value = this.of(this.read(original, key));
      Object.defineProperty(copy, key, { value, enumerable: true, writable: true, configurable: true });
    }
    return copy;
  }

  #bytes(buffer: Buffer): Uint8Array {
    const bytes = isPartOfSlab(buffer) ? new Uint8Array(buffer) : buffer;
    if (bytes !== buffer && bytes.byteLength >= WORTH_MOVING) this.#transfer.push(bytes.buffer as ArrayBuffer);
    this.#buffers.push(bytes);
    return this.#remember(buffer, bytes);
  }

  #error(error: Error): Error {
    const standIn = this.#remember(error, bareError(this.stackOf(error)));
    const properties = errorKeys(error).map((key) => {
      const enumerable = Object.prototype.propertyIsEnumerable.call(error, key);
      return [key, this.of(this.read(error, key)), enumerable] as const;
    });
    const className = nearestSharedClass(error);
    if (!Object.hasOwn(error, 'name')) {
      // A name that the prototype of a class of the user's gives would be lost with the prototype.
      const name = this.of(this.read(error, 'name'));
      if (name !== className) properties.push(['name', name, false]);
    }
    this.#errors.push({ error: standIn, className, properties });
    return standIn;
  }
}

/** A copy of which something always comes about: a text stands in for what cannot be read or sent. */
export class LenientCopy extends Copy {
  readonly #stackOf: StackOf;

  constructor(stackOf: StackOf) {
    super();
    this.#stackOf = stackOf;
  }

  protected override of(value: unknown): unknown {
    try {
      return super.of(value);
    } catch {
      return describe(value);
    }
  }

  protected override stackOf(error: Error): string | undefined {
    try {
      return this.#stackOf(error);
    } catch {
      return undefined;
    }
  }

  protected override read(object: object, key: string): unknown {
    try {
      return super.read(object, key);
    } catch (error) {
      return `[not readable: ${describe(error)}]`;
    }
  }

  /** Its prototype alone does not show whether structured clone takes it: its memory may be gone. */
  protected override leaf(value: object): object {
    structuredClone(value);
    return value;
  }

  protected override refused(value: unknown): unknown {
    return describe(value);
  }
}

/** Whether other bytes than the Buffer's own are in its memory. */
export function isPartOfSlab(buffer: Buffer): boolean {
  return buffer.buffer instanceof ArrayBuffer && buffer.byteLength !== buffer.buffer.byteLength;
}

/** A native error with nothing of its own but a stack. */
function bareError(stack: string | undefined): Error {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  const error = new Error();
  Error.stackTraceLimit = limit;
  Object.defineProperty(error, 'stack', { value: stack, writable: true, configurable: true });
  return error;
}

function describe(value: unknown): string {
  try {
    return `[not cloneable: ${inspect(value, { depth: 1, maxStringLength: 200, breakLength: Number.POSITIVE_INFINITY })}]`;
  } catch {
    return '[not cloneable, and not to be described]';
  }
}
