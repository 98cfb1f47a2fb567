import { expose, Transfer } from 'threads/worker';
import { echo, noop, sleep, work } from './functions.mjs';

/** @param {Uint8Array<ArrayBuffer>} bytes */
function giveBack(bytes) {
  return Transfer(bytes, [bytes.buffer]);
}

expose({ noop, echo, sleep, work, giveBack });
