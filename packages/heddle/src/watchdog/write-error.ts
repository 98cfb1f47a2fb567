import { writeSync } from 'node:fs';

const MOST_TRIES = 100;

/** Writes to stderr at once, whatever the loop is doing. A pipe that is full, and does not wait, is tried again for a while. */
export function writeError(text: string): void {
  const nothing = new Int32Array(new SharedArrayBuffer(4));
  let left: Uint8Array = Buffer.from(text);
  for (let tries = 0; left.length > 0 && tries < MOST_TRIES; tries++) {
    try {
      left = left.subarray(writeSync(2, left));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      Atomics.wait(nothing, 0, 0, 5);
    }
  }
}
