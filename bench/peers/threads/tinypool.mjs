import Tinypool from 'tinypool';

export { echo, noop, sleep, work } from './functions.mjs';

/** @param {Uint8Array<ArrayBuffer>} bytes */
export function giveBack(bytes) {
  return Tinypool.move(bytes);
}
