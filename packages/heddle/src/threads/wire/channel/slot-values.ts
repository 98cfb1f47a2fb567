import { ANNEX_BYTES, type Channel, Form, INLINE_BYTES } from './channel.ts';
import { InlineValues } from './inline-values.ts';

/** Writes values into the shared memory of a slot and reads them from it. Each side has one. */
export class SlotValues {
  readonly #channel: Channel;
  readonly #inline: InlineValues;

  constructor(channel: Channel) {
    this.#channel = channel;
    this.#inline = new InlineValues(channel.memory);
  }

  /**
   * @param isList whether the value is a list of this library's own making: arguments are
   * @returns where the value is now: in the slot, in its annex, or nowhere, so that it has to go as a message
   */
  write(value: unknown, slot: number, isList: boolean = false): number {
    const inSlot = this.#channel.valuesAt(slot);
    if (this.#inline.write(value, inSlot, inSlot + INLINE_BYTES, isList)) return Form.inline;
    // Of many small values a message is as quick.
    if (!this.#inline.wantsRoom(ANNEX_BYTES)) return Form.message;
    const inAnnex = this.#channel.annexAt(slot);
    return this.#inline.write(value, inAnnex, inAnnex + ANNEX_BYTES, isList) ? Form.annex : Form.message;
  }

  read(slot: number, form: number): unknown {
    const channel = this.#channel;
    return this.#inline.read(form === Form.annex ? channel.annexAt(slot) : channel.valuesAt(slot));
  }
}
