import { types } from 'node:util';
import { countCopied } from './page-faults.ts';

/** From so many bytes on, to copy memory here and to move the copy takes less time than structured clone's two copies. */
export const WORTH_MOVING: number = 16 * 1024;

/** What ArrayBuffers have from Node 20 on, and the language's library from es2024 on. */
interface MaybeResizable extends ArrayBuffer {
  readonly resizable?: boolean;
}

/** The memory of an ArrayBuffer or of a view, where that is worth copying here. Shared memory is not copied at all. */
export function largeMemoryOf(value: object): ArrayBuffer | undefined {
  const memory = ArrayBuffer.isView(value) ? value.buffer : value;
  if (!types.isArrayBuffer(memory) || memory.byteLength < WORTH_MOVING) return undefined;
  return (memory as MaybeResizable).resizable === true ? undefined : memory;
}

/** A copy that nobody else has. */
export function copyOfMemory(memory: ArrayBuffer): ArrayBuffer {
  // Filling it with zeros first takes as long as copying.
  const copy = Buffer.allocUnsafeSlow(memory.byteLength);
  copy.set(new Uint8Array(memory));
  countCopied(memory.byteLength);
  return copy.buffer as ArrayBuffer;
}

/** The same part of other memory, by a view of the same kind. A Buffer becomes a Uint8Array, as in structured clone. */
export function sameViewOf(memory: ArrayBuffer, view: ArrayBufferView): ArrayBufferView {
  if (types.isDataView(view)) return new DataView(memory, view.byteOffset, view.byteLength);
  const typed = view as Uint8Array;
  // The name that the view's own kind gives, whatever its prototype is.
  const kind = typed[Symbol.toStringTag] as 'Uint8Array';
  return new globalThis[kind](memory, typed.byteOffset, typed.length);
}
