import { transfer } from 'heddle/thread';

/** @param {Uint8Array<ArrayBuffer>} bytes */
export function giveBack(bytes) {
  return transfer(bytes);
}
