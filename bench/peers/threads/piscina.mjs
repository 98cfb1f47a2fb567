import { move } from 'piscina';

export { echo, noop, sleep, work } from './functions.mjs';

/** @param {Uint8Array<ArrayBuffer>} bytes */
export function giveBack(bytes) {
  return move(bytes);
}
