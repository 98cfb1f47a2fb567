import { frame, FrameReader, type UnreadableMessage } from '../wire/process/frames.ts';
import { PipeNumber } from '../wire/process/pipes.ts';
import type { FromProcess, ProcessAnswer, ProcessData } from '../wire/process/process-messages.ts';

// As they were when the process began. A job that replaces them, as mocks do, must not keep its answer from arriving.
const { readSync, writeSync } = process.getBuiltinModule('node:fs');

/** A pipe may be full, or empty, for a moment; the file system calls of Node do not wait for it themselves. */
const pause: Int32Array = new Int32Array(new SharedArrayBuffer(4));
const PAUSE_MS = 1;

/** What waits in a pipe is read in pieces of this size; the rest of a message in one. */
const PIECE = 65_536;

/** Writes to the pool, all of it before anything else happens: the process may end the next moment. */
export function writeToPool(bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) {
    at += patiently(() => writeSync(PipeNumber.toPool, bytes, at));
  }
}

export function tellPool(message: Exclude<FromProcess, { readonly kind: 'call' }>): void {
  writeToPool(frame(message));
}

/** The first message, which the pool has sent before the process runs. */
export function readProcessData(): ProcessData {
  return new BlockingPipe(PipeNumber.fromPool, 1).next() as ProcessData;
}

/** Takes messages out of a pipe and waits for them, blocked. */
export class BlockingPipe {
  readonly #fd: number;
  readonly #piece: Buffer;
  readonly #reader = new FrameReader();
  readonly #arrived: unknown[] = [];

  /** @param piece how many bytes are taken at a time; with 1, nothing of what follows a message is */
  constructor(fd: number, piece: number = PIECE) {
    this.#fd = fd;
    this.#piece = Buffer.alloc(piece);
  }

  next(): ProcessAnswer | ProcessData | UnreadableMessage {
    while (this.#arrived.length === 0) {
      const length = patiently(() => readSync(this.#fd, this.#piece, 0, this.#piece.length, null));
      // The pool is gone, and with it everybody who would want to know.
      if (length === 0) process.exit();
      this.#arrived.push(...this.#reader.read(this.#piece.subarray(0, length)));
    }
    return this.#arrived.shift() as ProcessAnswer | ProcessData | UnreadableMessage;
  }
}

function patiently(act: () => number): number {
  for (;;) {
    try {
      return act();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // The pool is gone, or the pipe to it: nobody would hear of anything more.
      if (code === 'EPIPE' || code === 'EOF' || code === 'EBADF') process.exit(1);
      if (code !== 'EAGAIN' && code !== 'EINTR') throw error;
      if (code === 'EAGAIN') Atomics.wait(pause, 0, 0, PAUSE_MS);
    }
  }
}
