import type { Transferable } from 'node:worker_threads';
import type { CodedInstances } from './coded.ts';
import type { ErrorDetails } from './error-details.ts';
import type { PassedFunction } from './passed.ts';

/**
 * A value on its way between two threads: what structured clone carries, and
 * what it would have lost. The repairs name their objects by identity, which
 * structured clone keeps within one message, so neither side needs paths.
 */
export interface Payload {
  readonly value: unknown;
  /** Byte arrays in `value` that are Buffers. */
  readonly buffers?: readonly Uint8Array[] | undefined;
  /** Errors in `value`, with all that structured clone leaves behind. */
  readonly errors?: readonly ErrorDetails[] | undefined;
  /** Instances with a codec in `value`, where there are any. */
  readonly coded?: CodedInstances | undefined;
  /** Functions in `value`, where there are any. */
  readonly passed?: readonly PassedFunction[] | undefined;
}

/** A payload and the memory that moves with it. */
export interface Parcel {
  readonly payload: Payload;
  readonly transfer: readonly Transferable[];
  /** Whether something is gone here when it has been sent, so that it cannot be sent again. */
  readonly moves?: boolean | undefined;
}
