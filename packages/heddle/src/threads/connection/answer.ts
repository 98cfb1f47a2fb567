import { errorIn, isFailure } from '../../defer/failure.ts';
import { CodecError } from '../wire/errors/codec-error.ts';
import type { CallAnswer } from '../wire/messages.ts';
import { pack, packThrown } from '../wire/values/pack.ts';
import type { Parcel } from '../wire/values/payload.ts';
import { whyNotSent } from '../wire/values/why-not-sent.ts';
import { UnclonableError } from '../wire/errors/unclonable-error.ts';

/** How a call that a thread has made here has ended, ready to be sent. */
export interface PackedAnswer {
  readonly outcome: CallAnswer['outcome'];
  readonly parcel: Parcel;
}

/** Never throws: an answer that cannot be sent becomes the error which says so. */
export function packAnswer(outcome: CallAnswer['outcome'], result: unknown): PackedAnswer {
  if (outcome === 'thrown') return { outcome, parcel: packThrown(errorIn(result)) };
  try {
    return { outcome, parcel: pack(result, 'answer') };
  } catch (error) {
    // To return a Failure means to throw it.
    return { outcome: 'thrown', parcel: packThrown(isFailure(result) ? result.value : unsendableAnswer(error)) };
  }
}

/** Says that the answer is what cannot be sent, where the error does not name it. */
export function unsendableAnswer(error: unknown): Error {
  if (error instanceof UnclonableError || error instanceof CodecError) return error;
  const reason = whyNotSent(error);
  return new UnclonableError(`The answer cannot be sent to the thread that asked: ${reason}`);
}
