import type { Transferable } from 'node:worker_threads';
import type { SlotOutcome } from './wire/channel.ts';
import type { OutgoingJob } from './connection.ts';
import { CodecError } from './wire/codec-error.ts';
import type { JobMessage } from './wire/messages.ts';
import { pack } from './wire/pack.ts';
import type { Parcel, Payload } from './wire/payload.ts';
import { UnclonableError } from './wire/unclonable-error.ts';
import { unpack } from './wire/unpack.ts';

/** Says that what cannot be sent is a value that the function captures, and not an argument. */
export class UnsendableClosure extends Error {
  readonly reason: UnclonableError;

  constructor(reason: UnclonableError) {
    super(reason.message);
    this.reason = reason;
  }
}

/**
 * The message for a job, with the memory that moves with it.
 *
 * @throws UnclonableError, CodecError, UnsendableClosure naming what cannot be sent
 */
export function packJob({ reference, args, captured }: Pick<OutgoingJob, 'reference' | 'args' | 'captured'>): {
  readonly message: JobMessage;
  readonly transfer: readonly Transferable[];
  readonly moves: boolean;
} {
  const packed = pack(args, 'args');
  const values = captured.length > 0 ? packCaptured(captured) : undefined;
  const message: JobMessage = {
    args: packed.payload,
    ...(reference === undefined ? {} : { reference }),
    ...(values === undefined ? {} : { captured: values.payload }),
  };
  return {
    message,
    transfer: values === undefined ? packed.transfer : [...packed.transfer, ...values.transfer],
    moves: packed.moves === true || values?.moves === true,
  };
}

function packCaptured(captured: readonly unknown[]): Parcel {
  try {
    return pack(captured, 'captured');
  } catch (error) {
    throw error instanceof UnclonableError ? new UnsendableClosure(error) : error;
  }
}

/**
 * The error for arguments that could not be sent. Structured clone itself may have found what looking at the
 * prototypes does not show, such as a detached buffer; or a getter has thrown.
 */
export function unsendableArguments(functionName: string, error: unknown): Error {
  if (error instanceof UnclonableError || error instanceof CodecError || error instanceof UnsendableClosure)
    return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new UnclonableError(`The arguments of ${functionName} cannot be sent to another thread: ${reason}`, {
    cause: error,
  });
}

/** What a job has ended with, as it arrives here: what cannot be read makes it a failure. */
export function readAnswer(
  outcome: SlotOutcome,
  receive: () => Payload,
): { readonly outcome: SlotOutcome; readonly result: unknown } {
  let payload: Payload;
  try {
    payload = receive();
  } catch (error) {
    const result = new UnclonableError('The result could not be read in this thread.', { cause: error });
    return { outcome: 'thrown', result };
  }
  try {
    return { outcome, result: unpack(payload) };
  } catch (error) {
    // The codec of an instance in the result: it is the user's code, and may be missing here.
    return { outcome: outcome === 'value' ? 'thrown' : outcome, result: error };
  }
}
