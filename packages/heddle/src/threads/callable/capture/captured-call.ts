import type { CapturedReference } from '../../wire/captured.ts';
import type { FactoryReference, SequenceReference } from '../../wire/reference.ts';

/** A function that is sent by its text or by the address of what makes it, with the values that this call's closure uses. */
export class CapturedCall {
  readonly reference: CapturedReference | FactoryReference | SequenceReference;
  readonly values: readonly unknown[];

  constructor(reference: CapturedReference | FactoryReference | SequenceReference, values: readonly unknown[]) {
    this.reference = reference;
    this.values = values;
  }
}
