/** What a terminal obeys, what begins a line of its own in a log, and what shows the text behind it in another order. */
const OBEYED = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** Makes a text of a program safe to be written to a terminal: its functions may be called anything, and so may its files. */
export function printable(text: string): string {
  return text.replace(OBEYED, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
