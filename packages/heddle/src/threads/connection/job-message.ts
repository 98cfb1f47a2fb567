import { types } from 'node:util';
import type { Transferable } from 'node:worker_threads';
import type { SlotOutcome } from '../wire/channel/channel.ts';
import type { OutgoingJob } from './connection.ts';
import { CallableError } from '../wire/errors/callable-error.ts';
import { CodecError } from '../wire/errors/codec-error.ts';
import type { JobMessage } from '../wire/messages.ts';
import { pack } from '../wire/values/pack.ts';
import { StillResolving } from '../wire/values/passed.ts';
import type { Parcel, Payload } from '../wire/values/payload.ts';
import { UnclonableError } from '../wire/errors/unclonable-error.ts';
import { unpack } from '../wire/values/unpack.ts';
import { whyNotSent } from '../wire/values/why-not-sent.ts';

/** Says that what cannot be sent is a value that the function captures, and not an argument. */
export class UnsendableClosure extends Error {
  readonly reason: UnclonableError;

  constructor(reason: UnclonableError) {
    super(reason.message);
    this.reason = reason;
  }
}

/** A job as a message. */
export interface PackedJob {
  readonly message: JobMessage;
  readonly transfer: readonly Transferable[];
  /** Whether something is gone here when it has been sent. */
  readonly moves: boolean;
  /** The functions that it may call here. */
  readonly passed: readonly Function[];
}

/**
 * The message for a job, with the memory that moves with it.
 *
 * @throws UnclonableError, CodecError, UnsendableClosure naming what cannot be sent
 * @throws StillResolving where it is too early
 */
export function packJob({
  reference,
  call,
  args,
  captured,
}: Pick<OutgoingJob, 'reference' | 'call' | 'args' | 'captured'>): PackedJob {
  const passed: Function[] = [];
  const packed = pack(args, 'args', passed);
  const values = captured.length > 0 ? packCaptured(captured, passed) : undefined;
  const message: JobMessage = {
    args: packed.payload,
    ...(passed.length === 0 ? {} : { job: call.id }),
    ...(reference === undefined ? {} : { reference }),
    ...(values === undefined ? {} : { captured: values.payload }),
  };
  return {
    message,
    transfer: values === undefined ? packed.transfer : [...new Set([...packed.transfer, ...values.transfer])],
    moves: packed.moves === true || values?.moves === true,
    passed,
  };
}

function packCaptured(captured: readonly unknown[], passed: Function[]): Parcel {
  try {
    return pack(captured, 'captured', passed);
  } catch (error) {
    throw error instanceof UnclonableError ? new UnsendableClosure(error) : error;
  }
}

/**
 * The error for arguments that could not be sent. Structured clone itself may have found what looking at the
 * prototypes does not show, such as a detached buffer; or a getter has thrown.
 */
export function unsendableArguments(functionName: string, error: unknown): Error {
  if (isNamed(error)) return error;
  const reason = whyNotSent(error);
  return new UnclonableError(`The arguments of ${functionName} cannot be sent to another thread: ${reason}`, {
    cause: error,
  });
}

function isNamed(error: unknown): error is Error {
  // A getter of the program's may throw a Proxy, which would be asked for its prototype.
  if (types.isProxy(error)) return false;
  return (
    error instanceof UnclonableError ||
    error instanceof CodecError ||
    error instanceof CallableError ||
    error instanceof UnsendableClosure ||
    error instanceof StillResolving
  );
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
    const result = new UnclonableError(`The result could not be read in this thread: ${whyNotSent(error)}`, {
      cause: error,
    });
    return { outcome: 'thrown', result };
  }
  try {
    return { outcome, result: unpack(payload) };
  } catch (error) {
    // The codec of an instance in the result: it is the user's code, and may be missing here.
    return { outcome: outcome === 'value' ? 'thrown' : outcome, result: error };
  }
}
