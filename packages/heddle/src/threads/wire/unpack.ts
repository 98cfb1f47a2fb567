import { decode } from './decode.ts';
import { restoreError } from './error-details.ts';
import type { Payload } from './payload.ts';

/**
 * Makes a value that has arrived what it was before it travelled.
 *
 * @throws CodecError where an instance in it cannot be made
 */
export function unpack(payload: Payload): unknown {
  if (payload.buffers !== undefined) {
    for (const bytes of payload.buffers) Object.setPrototypeOf(bytes, Buffer.prototype);
  }
  if (payload.errors !== undefined) payload.errors.forEach(restoreError);
  return payload.coded === undefined ? payload.value : decode(payload.value, payload.coded);
}
