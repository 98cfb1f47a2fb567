import type { CapturedReference } from '../../wire/captured.ts';

/** A function that is sent by its text, with the values that this call's closure uses. */
export class CapturedCall {
  readonly reference: CapturedReference;
  readonly values: readonly unknown[];

  constructor(reference: CapturedReference, values: readonly unknown[]) {
    this.reference = reference;
    this.values = values;
  }
}
