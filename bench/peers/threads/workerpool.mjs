import workerpool from 'workerpool';
import { echo, noop, sleep, work } from './functions.mjs';

/** @param {Uint8Array<ArrayBuffer>} bytes */
function giveBack(bytes) {
  return new workerpool.Transfer(bytes, [bytes.buffer]);
}

workerpool.worker({ noop, echo, sleep, work, giveBack });
