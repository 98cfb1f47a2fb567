import { decode, type MakeFunction } from './decode.ts';
import { restoreError } from './error-details.ts';
import type { Payload } from './payload.ts';

/**
 * Makes a value that has arrived what it was before it travelled.
 *
 * @param make makes the functions that were passed in it; only a thread gets some
 * @throws CodecError where an instance in it cannot be made
 */
export function unpack(payload: Payload, make?: MakeFunction): unknown {
  if (payload.buffers !== undefined) {
    for (const bytes of payload.buffers) Object.setPrototypeOf(bytes, Buffer.prototype);
  }
  if (payload.errors !== undefined) payload.errors.forEach(restoreError);
  const { value, coded, passed } = payload;
  if (coded === undefined && passed === undefined) return value;
  return decode(value, coded, passed && make && { passed, make });
}
