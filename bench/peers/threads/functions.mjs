/** What every peer's threads run. */
export function noop() {}

/** @param {unknown} value */
export function echo(value) {
  return value;
}

/**
 * Blocks the thread without using the processor.
 *
 * @param {number} milliseconds
 * @returns the time at the end, in milliseconds of a clock that all threads share
 */
export function sleep(milliseconds) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
  return sharedTime();
}

export function sharedTime() {
  return Number(process.hrtime.bigint()) / 1e6;
}

/**
 * Always the same work, some ten milliseconds for a million rounds: whoever gives a thread less of the processor gets
 * less done.
 *
 * @param {number} rounds
 */
export function work(rounds) {
  let sum = 1;
  for (let i = 0; i < rounds; i++) sum = (Math.imul(sum, 1664525) + `${i % 1000}`.length) | 0;
  return sum;
}
