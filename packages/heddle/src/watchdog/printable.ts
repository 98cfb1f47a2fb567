/** What a terminal obeys, what begins a line of its own in a log, and what shows the text behind it in another order. */
const OBEYED = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** Makes a name safe to be written to a terminal or a log: functions, files and pools may be called anything. */
export function printable(name: string): string {
  return name.replace(OBEYED, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
