import { types } from 'node:util';
import { isDetached } from '../values/transferred.ts';

// The words that stand before each value.
const UNDEFINED = 0;
const NULL = 1;
const FALSE = 2;
const TRUE = 3;
const INTEGER = 4;
const DOUBLE = 5;
const LATIN1 = 6;
const UTF16 = 7;
const BIGINT = 8;
const ARRAY = 9;
const OBJECT = 10;
const BUFFER = 11;
const UINT8 = 12;
const INT32 = 13;
const FLOAT64 = 14;

/** Each value takes a multiple of this, so that doubles are where a Float64Array finds them. */
const CELL = 8;
const MOST_ITEMS = 64;
const MOST_OBJECTS = 16;
const LONGEST_BY_CODE_UNITS = 24;
/** Longer ones are Latin-1 where the engine says that they are ASCII: to look at each unit takes longer than a message. */
const LONGEST_LOOKED_AT = 512;

const { prototype: OBJECT_PROTOTYPE } = Object;
const { prototype: ARRAY_PROTOTYPE } = Array;

/**
 * Small values written into shared memory and read from it: primitives, short strings, small plain objects,
 * arrays and typed arrays. Everything else is left to structured clone, which gives the same for all of these:
 * what would not arrive as structured clone brings it is not taken.
 */
export class InlineValues {
  readonly #ints: Int32Array;
  readonly #doubles: Float64Array;
  readonly #bigints: BigInt64Array;
  readonly #bytes: Buffer;
  #at = 0;
  #end = 0;
  /** The objects of the value that is being written: one that comes twice must arrive as one. */
  readonly #seen: (object | undefined)[] = Array.from({ length: MOST_OBJECTS });
  #seenCount = 0;
  #writing = false;
  /** How many bytes of text or memory had no room. */
  #missed = 0;

  constructor(memory: SharedArrayBuffer) {
    this.#ints = new Int32Array(memory);
    this.#doubles = new Float64Array(memory);
    this.#bigints = new BigInt64Array(memory);
    this.#bytes = Buffer.from(memory);
  }

  /**
   * Writes a value between two offsets, in bytes.
   *
   * @param isList whether it is a list of this library's own making, so that nothing about it can be out of the ordinary
   * @returns whether it could be written; if not, nothing of it counts
   */
  write(value: unknown, from: number, to: number, isList: boolean = false): boolean {
    // A getter that is read may come back here.
    if (this.#writing) return false;
    this.#writing = true;
    this.#missed = 0;
    this.#at = from;
    this.#end = to;
    try {
      return isList ? this.#list(value as unknown[]) : this.#write(value);
    } finally {
      this.#writing = false;
      this.#forgetSeen();
    }
  }

  /** Whether the last value could not be written because of a text or memory that has room in so many bytes. */
  wantsRoom(bytes: number): boolean {
    return this.#missed > 0 && this.#missed < bytes;
  }

  /** Reads what was written from an offset on. */
  read(from: number): unknown {
    this.#at = from;
    return this.#read();
  }

  /** False for an object that has come before, and when there have been too many. */
  #see(object: object): boolean {
    if (this.#seenCount === MOST_OBJECTS) return false;
    for (let index = 0; index < this.#seenCount; index++) if (this.#seen[index] === object) return false;
    this.#seen[this.#seenCount++] = object;
    return true;
  }

  // To empty the array would mean to allocate it anew with each value.
  #forgetSeen(): void {
    while (this.#seenCount > 0) this.#seen[--this.#seenCount] = undefined;
  }

  #list(values: readonly unknown[]): boolean {
    const { length } = values;
    if (!this.#cell(ARRAY, length)) return false;
    for (let index = 0; index < length; index++) {
      if (!this.#write(values[index])) return false;
    }
    // A getter among them may have changed it.
    return values.length === length;
  }

  #cell(tag: number, word: number): boolean {
    const at = this.#at;
    if (at + CELL > this.#end) return false;
    this.#ints[at >> 2] = tag;
    this.#ints[(at >> 2) + 1] = word;
    this.#at = at + CELL;
    return true;
  }

  #write(value: unknown): boolean {
    switch (typeof value) {
      case 'number':
        return this.#number(value);
      case 'string':
        return this.#string(value);
      case 'undefined':
        return this.#cell(UNDEFINED, 0);
      case 'boolean':
        return this.#cell(value ? TRUE : FALSE, 0);
      case 'bigint':
        return this.#bigint(value);
      case 'object':
        return value === null ? this.#cell(NULL, 0) : this.#object(value);
      default:
        return false;
    }
  }

  #number(value: number): boolean {
    // -0 is no integer here: it would lose its sign.
    if ((value | 0) === value && (value !== 0 || 1 / value > 0)) return this.#cell(INTEGER, value);
    if (this.#at + 2 * CELL > this.#end) return false;
    this.#cell(DOUBLE, 0);
    this.#doubles[this.#at >> 3] = value;
    this.#at += CELL;
    return true;
  }

  #bigint(value: bigint): boolean {
    if (BigInt.asIntN(64, value) !== value || this.#at + 2 * CELL > this.#end) return false;
    this.#cell(BIGINT, 0);
    this.#bigints[this.#at >> 3] = value;
    this.#at += CELL;
    return true;
  }

  #string(value: string): boolean {
    const { length } = value;
    const at = this.#at + CELL;
    if (at + length > this.#end) return this.#noRoom(length);
    const bytes = this.#bytes;
    if (length <= LONGEST_BY_CODE_UNITS) {
      let all = 0;
      for (let index = 0; index < length; index++) {
        const unit = value.charCodeAt(index);
        all |= unit;
        bytes[at + index] = unit;
      }
      if (all > 0xff) return this.#utf16(value);
    } else {
      if (length > LONGEST_LOOKED_AT) {
        if (Buffer.byteLength(value) !== length) return false;
      } else {
        for (let index = 0; index < length; index++) if (value.charCodeAt(index) > 0xff) return this.#utf16(value);
      }
      bytes.write(value, at, length, 'latin1');
    }
    this.#cell(LATIN1, length);
    this.#skip(length);
    return true;
  }

  #utf16(value: string): boolean {
    const bytes = value.length * 2;
    if (this.#at + CELL + bytes > this.#end) return false;
    this.#bytes.write(value, this.#at + CELL, bytes, 'utf16le');
    this.#cell(UTF16, value.length);
    this.#skip(bytes);
    return true;
  }

  #noRoom(bytes: number): false {
    this.#missed = bytes;
    return false;
  }

  #skip(bytes: number): void {
    this.#at += (bytes + CELL - 1) & -CELL;
  }

  #object(value: object): boolean {
    if (types.isProxy(value) || !this.#see(value)) return false;
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === OBJECT_PROTOTYPE) return this.#properties(value as Record<string, unknown>);
    if (prototype === ARRAY_PROTOTYPE) return this.#array(value as unknown[]);
    if (!ArrayBuffer.isView(value)) return false;
    switch (prototype) {
      case Buffer.prototype:
        return this.#buffer(value);
      case Uint8Array.prototype:
        return this.#wholeView(UINT8, value);
      case Int32Array.prototype:
        return this.#wholeView(INT32, value);
      case Float64Array.prototype:
        return this.#wholeView(FLOAT64, value);
      default:
        return false;
    }
  }

  #properties(value: Record<string, unknown>): boolean {
    const keys = Object.keys(value);
    // What has a tag may be JSON, Math and the like, which cannot be sent.
    if (keys.length === 0 && Symbol.toStringTag in value) return false;
    // An `arguments`, whose length is no key.
    if (Symbol.iterator in value) return false;
    if (keys.length > MOST_ITEMS || !this.#cell(OBJECT, keys.length)) return false;
    for (const key of keys) {
      // Reading would set the prototype.
      if (key === '__proto__' || !this.#string(key) || !this.#write(value[key])) return false;
    }
    return true;
  }

  #array(value: unknown[]): boolean {
    // Holes, and what hangs on an array under names, structured clone keeps as they are.
    if (value.length > MOST_ITEMS) return false;
    const keys = Object.keys(value);
    // Indices come first: the last key is the last index only where there are neither.
    if (keys.length !== value.length || (keys.length > 0 && keys.at(-1) !== String(keys.length - 1))) return false;
    return this.#list(value);
  }

  /** A view of the whole of its memory, which nothing else in the value shares. */
  #wholeView(tag: number, view: ArrayBufferView): boolean {
    const { buffer } = view;
    return view.byteLength === buffer.byteLength && this.#see(buffer) && this.#view(tag, view);
  }

  /** A Buffer has its bytes alone; only where these are all of its memory another view may share them. */
  #buffer(bytes: ArrayBufferView): boolean {
    const { buffer } = bytes;
    return (bytes.byteLength < buffer.byteLength || this.#see(buffer)) && this.#view(BUFFER, bytes);
  }

  #view(tag: number, { buffer, byteOffset, byteLength }: ArrayBufferView): boolean {
    // Memory that is gone has no bytes, and is refused by who looks at more.
    if (!isOrdinary(buffer) || isDetached(buffer)) return false;
    if (this.#at + CELL + byteLength > this.#end) return this.#noRoom(byteLength);
    this.#cell(tag, byteLength);
    this.#bytes.set(new Uint8Array(buffer, byteOffset, byteLength), this.#at);
    this.#skip(byteLength);
    return true;
  }

  #read(): unknown {
    const at = this.#at;
    const word = this.#ints[(at >> 2) + 1] as number;
    this.#at = at + CELL;
    switch (this.#ints[at >> 2]) {
      case NULL:
        return null;
      case FALSE:
        return false;
      case TRUE:
        return true;
      case INTEGER:
        return word;
      case DOUBLE:
        this.#at += CELL;
        return this.#doubles[(at + CELL) >> 3];
      case LATIN1:
        this.#skip(word);
        return this.#bytes.toString('latin1', at + CELL, at + CELL + word);
      case UTF16:
        this.#skip(word * 2);
        return this.#bytes.toString('utf16le', at + CELL, at + CELL + word * 2);
      case BIGINT:
        this.#at += CELL;
        return this.#bigints[(at + CELL) >> 3];
      case ARRAY:
        return this.#readArray(word);
      case OBJECT:
        return this.#readObject(word);
      case BUFFER:
        return this.#readBytes(Buffer.allocUnsafeSlow(word));
      case UINT8:
        return this.#readBytes(new Uint8Array(word));
      case INT32:
        return new Int32Array(this.#readBytes(new Uint8Array(word)).buffer);
      case FLOAT64:
        return new Float64Array(this.#readBytes(new Uint8Array(word)).buffer);
      default:
        return undefined;
    }
  }

  #readArray(length: number): unknown[] {
    const array: unknown[] = [];
    for (let index = 0; index < length; index++) array.push(this.#read());
    return array;
  }

  #readObject(count: number): object {
    const object: Record<string, unknown> = {};
    for (let index = 0; index < count; index++) {
      const key = this.#read() as string;
      object[key] = this.#read();
    }
    return object;
  }

  #readBytes<Bytes extends Uint8Array>(bytes: Bytes): Bytes {
    const at = this.#at;
    bytes.set(this.#bytes.subarray(at, at + bytes.byteLength));
    this.#skip(bytes.byteLength);
    return bytes;
  }
}

/** Memory that is neither shared nor able to change its size. */
function isOrdinary(buffer: ArrayBufferLike): buffer is ArrayBuffer {
  return buffer instanceof ArrayBuffer && !('resizable' in buffer && buffer.resizable);
}
