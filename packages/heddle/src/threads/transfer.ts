import { Transferred } from './wire/values/transferred.ts';

interface Stream {
  readonly locked: boolean;
}

/**
 * What {@link transfer} can move: memory, ports, and streams of the web kind, both as `node:stream/web` and as the DOM
 * declares them. Shared memory is refused when the call is made: of a view's `buffer` the compiler does not know.
 */
export type Movable =
  | ArrayBufferLike
  | ArrayBufferView
  | { postMessage(message: unknown): void; start(): void; close(): void }
  | Stream
  | { readonly readable: Stream; readonly writable: Stream };

/**
 * Marks a value to be moved to the other thread instead of copied: in the
 * arguments of a call or in what its function returns, at any depth.
 *
 * For large memory, which then costs nothing to send, and for what cannot be
 * copied: a `MessagePort`, a `ReadableStream`, `WritableStream` or
 * `TransformStream`. Memory goes as a whole `ArrayBuffer`, so a typed array or
 * a Buffer must be a view of all of one. When the call has been sent, the value
 * is of no more use here: an ArrayBuffer is detached and has a length of 0.
 *
 * The result is a mark that is only good for sending, typed as the value so
 * that it fits where the function declares it.
 *
 * A call that moves something begins when its thread has nothing else to do,
 * and is not given to another one if that thread dies before: it fails with a
 * ThreadExitError. What cannot be moved is refused with an UnclonableError that
 * names it.
 *
 * @param value what to move
 *
 * @example
 * ```ts file=pixels.ts
 * import { transfer } from 'heddle/thread';
 *
 * export function invert(pixels: Uint8Array): Uint8Array {
 *   for (const [index, value] of pixels.entries()) pixels[index] = 255 - value;
 *   return transfer(pixels);
 * }
 * ```
 * ```ts
 * import { deferToThread, transfer } from 'heddle';
 * import { invert } from './pixels.ts';
 *
 * const pixels = new Uint8Array(1_000_000);
 * const inverted = await deferToThread(invert, transfer(pixels));
 * console.log(inverted[0], pixels.length); // prints 255 0
 * ```
 */
export function transfer<T extends Movable>(value: T): T {
  return new Transferred(value) as unknown as T;
}
