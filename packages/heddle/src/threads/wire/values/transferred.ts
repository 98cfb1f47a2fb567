import { types } from 'node:util';
import { MessagePort } from 'node:worker_threads';

// By a name that all copies of the library share: a thread's own code is a bundle of its own.
const TRANSFER: unique symbol = Symbol.for('heddle.transfer');

/** Stands for a value that is to be moved instead of copied. */
export class Transferred {
  constructor(value: unknown) {
    Reflect.set(this, TRANSFER, value);
  }
}

export function isTransferred(value: object): boolean {
  return Object.hasOwn(value, TRANSFER);
}

/** What the stand-in stands for. */
export function valueOf(transferred: object): unknown {
  return Reflect.get(transferred, TRANSFER);
}

/** Why a value cannot be moved, and what to do instead; undefined where it can. */
export function whyNotMoved(value: unknown): string | undefined {
  if (types.isSharedArrayBuffer(value)) return SHARED;
  if (types.isArrayBuffer(value)) return isDetached(value) ? GONE : undefined;
  if (ArrayBuffer.isView(value)) {
    if (types.isSharedArrayBuffer(value.buffer)) return SHARED;
    if (isDetached(value.buffer)) return GONE;
    if (value.byteLength === value.buffer.byteLength) return undefined;
    return Buffer.isBuffer(value) ? PART_BUFFER : PART;
  }
  const isMovable =
    value instanceof MessagePort ||
    value instanceof ReadableStream ||
    value instanceof WritableStream ||
    value instanceof TransformStream;
  return isMovable ? undefined : ONLY;
}

/** What changes hands when a value is moved. */
export function movedWith(value: unknown): object {
  return ArrayBuffer.isView(value) ? value.buffer : (value as object);
}

/** Node 20 has no `detached`, and would let such memory be sent, to fail on the other side. */
export function isDetached(memory: ArrayBuffer): boolean {
  if (memory.byteLength > 0) return false;
  try {
    return new Uint8Array(memory).length > 0;
  } catch {
    return true;
  }
}

const GONE = 'It has been moved before, and its memory is gone from here.';
const SHARED = 'Both threads have shared memory as it is: pass it without transfer.';
const PART =
  'It is a part of a larger ArrayBuffer, all of which would go: transfer that, or pass the part without transfer.';
const PART_BUFFER =
  'It is a part of a larger ArrayBuffer, all of which would go. Whether a Buffer is one depends on its size and on what ' +
  'made it: pass it without transfer, or a copy of its own, transfer(new Uint8Array(buffer)).';
const ONLY =
  'What can be moved is an ArrayBuffer, a view of all of one, a MessagePort, or a stream of the web kind: ' +
  'pass anything else without transfer.';
