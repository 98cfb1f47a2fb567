import type { CapturedReference } from '../../wire/captured.ts';
import type {
  FactoryReference,
  ReleaseReference,
  SequenceReference,
  WithinReference,
  WrappedReference,
} from '../../wire/reference.ts';

/** What a call brings besides its arguments. */
type CalledReference =
  | CapturedReference
  | FactoryReference
  | SequenceReference
  | WrappedReference
  | WithinReference
  | ReleaseReference;

/** A function that is not sent by its address alone, with the values that this call's closure uses. */
export class CapturedCall {
  readonly reference: CalledReference;
  readonly values: readonly unknown[];

  constructor(reference: CalledReference, values: readonly unknown[]) {
    this.reference = reference;
    this.values = values;
  }
}
