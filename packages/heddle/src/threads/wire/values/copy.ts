import { inspect } from 'node:util';
import type { Transferable } from 'node:worker_threads';
import type { CodedInstances } from './coded.ts';
import { type CodecAddress, codecOf } from './codec.ts';
import { CodecError } from '../errors/codec-error.ts';
import { decodingOrder, type Outgoing } from './decoding-order.ts';
import { type ErrorDetails, errorKeys, nearestSharedClass } from './error-details.ts';
import { isDense } from './dense.ts';
import { copyOfMemory, largeMemoryOf, sameViewOf, WORTH_MOVING } from './memory.ts';
import { partsByClass } from './parts-by-class.ts';
import { type PassedFunction, passedBy, type Resolved } from './passed.ts';
import type { Parcel, Payload } from './payload.ts';
import { isError, kindOf } from './plain.ts';
import { stackToSend } from './stack-to-send.ts';
import { movedWith, valueOf } from './transferred.ts';
import { UnclonableError } from '../errors/unclonable-error.ts';

/**
 * A copy of a value that structured clone takes as it is: the containers are
 * made anew, what needs a stand-in gets one, identity and cycles are kept.
 */
export class Copy {
  readonly #buffers: Uint8Array[] = [];
  readonly #errors: ErrorDetails[] = [];
  readonly #transfer = new Set<Transferable>();
  #moves = false;
  readonly #copies = new Map<object, object>();
  readonly #instances: Outgoing[] = [];
  readonly #codecs: CodecAddress[] = [];
  readonly #encoded: ReadonlyMap<object, unknown>;
  readonly #passed: PassedFunction[] = [];
  readonly #functions: Function[] | undefined;
  readonly #copiesMemory: boolean;
  readonly #left: ReadonlyMap<object, ReadonlySet<string>>;

  /**
   * @param encoded what the codecs have given for instances already
   * @param functions gets the functions that are to be called from the other side; left out where none may be
   * @param copiesMemory whether large memory is copied here, and the copy is moved, instead of by structured clone
   * @param left the properties of errors that are not sent
   */
  constructor(
    encoded: ReadonlyMap<object, unknown> = new Map(),
    functions: Function[] | undefined = undefined,
    copiesMemory: boolean = false,
    left: ReadonlyMap<object, ReadonlySet<string>> = new Map(),
  ) {
    this.#encoded = encoded;
    this.#functions = functions;
    this.#copiesMemory = copiesMemory;
    this.#left = left;
  }

  parcel(value: unknown): Parcel {
    const copied = this.of(value);
    const coded = this.#coded();
    const payload: Payload = {
      value: copied,
      ...(this.#buffers.length === 0 ? {} : { buffers: this.#buffers }),
      ...(this.#errors.length === 0 ? {} : { errors: this.#errors }),
      ...(coded === undefined ? {} : { coded }),
      ...(this.#passed.length === 0 ? {} : { passed: this.#passed }),
    };
    return {
      payload,
      transfer: [...this.#transfer],
      moves: this.#moves,
    };
  }

  protected of(value: unknown): unknown {
    const kind = kindOf(value);
    if (kind === 'primitive') return value;
    const object = value as object;
    return this.#copies.get(object) ?? this.#make(kind, object);
  }

  protected stackOf(error: Error): string | undefined {
    return stackToSend(error);
  }

  protected read(object: object, key: string): unknown {
    return (object as Record<string, unknown>)[key];
  }

  /** The items of an array that has all of them. What V8 knows to have no holes is serialized several times as fast. */
  protected dense(items: readonly unknown[]): unknown[] | undefined {
    // By its own `constructor` an array says what its copies are made by, and a `slice` of its own may do anything.
    if (!isDense(items) || Object.hasOwn(items, 'constructor')) return undefined;
    return Array.prototype.slice.call(items);
  }

  /** Whether an error is to have what its class gives it: here, what cannot be sent has been left out before. */
  protected isPart(_value: unknown): boolean {
    return true;
  }

  /** What is no container: its prototype says that structured clone takes it. */
  protected leaf(value: object): object {
    return value;
  }

  /** What arrives where the instance cannot be made on the other side. */
  protected instead(_instance: object): { readonly instead?: unknown } {
    return {};
  }

  /** What to do about instances that are part of their own data. */
  protected cyclic([{ original }]: readonly [Outgoing, ...Outgoing[]]): void {
    const { name } = codecOf(original).address;
    throw new CodecError(
      'HEDDLE_CODEC_CYCLE',
      name,
      `An instance of ${name} is part of its own data, so that neither can be made before the other. ` +
        'Give its codec create and fill instead of decode, or encode without the way back.',
    );
  }

  protected refused(value: unknown): unknown {
    throw new UnclonableError(`A getter gave ${describe(value)} where it had given something else before.`);
  }

  #make(kind: Exclude<ReturnType<typeof kindOf>, 'primitive'>, object: object): unknown {
    switch (kind) {
      case 'object':
        return this.properties(object, {});
      case 'array':
        return this.#items(object as unknown[]);
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
        return this.error(object as Error);
      case 'cloneable':
        return this.#ownMemory(object) ?? this.leaf(object);
      case 'coded':
        return this.instance(object);
      case 'transferred':
        return this.moved(valueOf(object) as object);
      case 'passed':
        return this.passed(object as Function);
      case 'refused':
        return this.refused(object);
    }
  }

  /** What is to be moved goes itself. */
  protected moved(value: object): unknown {
    const owner = movedWith(value) as Transferable;
    this.#moves = true;
    this.#transfer.add(owner);
    return kindOf(value) === 'buffer' ? this.of(value) : value;
  }

  protected passed(wrapper: Function): unknown {
    const passed = passedBy(wrapper);
    if (passed === undefined || this.#functions === undefined) return this.refused(wrapper);
    const { name } = passed.f;
    if (passed.way !== 'inThread') {
      const standIn = this.#remember(wrapper, {});
      this.#passed.push({ standIn, name, way: passed.way, index: this.#functions.push(passed.f) - 1 });
      return standIn;
    }
    // What could not be had yet, pack has found before.
    const resolved = passed.resolve() as Resolved;
    const standIn = this.#remember(wrapper, {});
    // The functions that it captures come before it in the list.
    const values = resolved.values.map((value) => this.of(value));
    this.#passed.push({ standIn, name, way: 'inThread', reference: resolved.reference, values });
    return standIn;
  }

  #remember<C extends object>(original: object, copy: C): C {
    this.#copies.set(original, copy);
    return copy;
  }

  protected properties(original: object, copy: object): object {
    this.#remember(original, copy);
    for (const key of Object.keys(original)) {
      const value = this.of(this.read(original, key));
      // What is inherited (a key may be `__proto__`) must not get in the way; a definition takes many times as long.
      if (key in copy)
        Object.defineProperty(copy, key, { value, enumerable: true, writable: true, configurable: true });
      else (copy as Record<string, unknown>)[key] = value;
    }
    return copy;
  }

  #items(items: readonly unknown[]): unknown[] {
    const copy = this.dense(items);
    if (copy === undefined) {
      const made: unknown[] = [];
      made.length = items.length; // with its holes
      return this.properties(items, made) as unknown[];
    }
    this.#remember(items, copy);
    for (let index = 0; index < copy.length; index++) {
      const item = copy[index];
      const sent = this.of(item);
      if (sent !== item) copy[index] = sent;
    }
    return copy;
  }

  protected instance(instance: object): unknown {
    const codec = codecOf(instance);
    const encoded = this.#encoded.has(instance) ? this.#encoded.get(instance) : codec.encode(instance);
    const instead = this.instead(instance);
    // What a thrown error is without its codec stands for it.
    const standIn = this.#copies.get(instance) ?? this.#remember(instance, {});
    if (!this.#codecs.includes(codec.address)) this.#codecs.push(codec.address);
    const stack = isError(instance) ? { stack: this.stackOf(instance) } : {};
    const index = this.#codecs.indexOf(codec.address);
    const hasCreate = codec.create !== undefined;
    const data = this.of(encoded);
    this.#instances.push({ original: instance, hasCreate, standIn, codec: index, data, ...stack, ...instead });
    return standIn;
  }

  #coded(): CodedInstances | undefined {
    if (this.#instances.length === 0) return undefined;
    const { ordered, cyclic } = decodingOrder(this.#instances, this.#errors);
    const [first, ...others] = cyclic;
    if (first !== undefined) this.cyclic([first, ...others]);
    const instances = ordered.map(({ original: _original, hasCreate: _hasCreate, ...instance }) => instance);
    return { codecs: this.#codecs, instances };
  }

  #bytes(buffer: Buffer): Uint8Array {
    const isPart = isPartOfSlab(buffer);
    const bytes = isPart ? new Uint8Array(buffer) : ((this.#ownMemory(buffer) as Uint8Array | undefined) ?? buffer);
    if (isPart && bytes.byteLength >= WORTH_MOVING) this.#transfer.add(bytes.buffer as ArrayBuffer);
    this.#buffers.push(bytes);
    return this.#remember(buffer, bytes);
  }

  /** The same with a copy of its memory that is moved, where that takes less time. Views share it as they did. */
  #ownMemory(value: object): object | undefined {
    const memory = this.#copiesMemory ? largeMemoryOf(value) : undefined;
    if (memory === undefined) return undefined;
    let copy = this.#copies.get(memory) as ArrayBuffer | undefined;
    if (copy === undefined) {
      copy = this.#remember(memory, copyOfMemory(memory));
      this.#transfer.add(copy);
    }
    return ArrayBuffer.isView(value) ? this.#remember(value, sameViewOf(copy, value)) : copy;
  }

  protected error(error: Error): Error {
    const standIn = this.#remember(error, bareError(this.stackOf(error)));
    const left = this.#left.get(error);
    const keys = errorKeys(error).filter((key) => !left?.has(key));
    const properties = keys.map((key) => {
      const enumerable = Object.prototype.propertyIsEnumerable.call(error, key);
      return [key, this.of(this.read(error, key)), enumerable] as const;
    });
    const className = nearestSharedClass(error);
    for (const [key, value] of partsByClass(error)) {
      if (!left?.has(key) && this.isPart(value)) properties.push([key, this.of(value), false]);
    }
    this.#errors.push({ error: standIn, className, properties });
    return standIn;
  }
}

/** Whether other bytes than the Buffer's own are in its memory. */
export function isPartOfSlab(buffer: Buffer): boolean {
  return buffer.buffer instanceof ArrayBuffer && buffer.byteLength !== buffer.buffer.byteLength;
}

/** A native error with nothing of its own but a stack. */
function bareError(stack: string | undefined): Error {
  const limit = Error.stackTraceLimit;
  // With frozen intrinsics it cannot be set.
  Reflect.set(Error, 'stackTraceLimit', 0);
  const error = new Error();
  Reflect.set(Error, 'stackTraceLimit', limit);
  Object.defineProperty(error, 'stack', { value: stack, writable: true, configurable: true });
  return error;
}

/** A text for a value that cannot be sent. */
export function describe(value: unknown): string {
  try {
    return `[not cloneable: ${inspect(value, { depth: 1, maxStringLength: 200, breakLength: Number.POSITIVE_INFINITY })}]`;
  } catch {
    return '[not cloneable, and not to be described]';
  }
}
