/**
 * The name on a thread's global object under which it keeps the files of the program's entry module:
 * the library may be loaded there again, and makes threads of its own there.
 */
export const ENTRY_FILES: unique symbol = Symbol.for('heddle.entryFiles');

/** The files of the program's entry module, in a thread of Heddle's; undefined elsewhere. */
export function inheritedEntryFiles(): readonly string[] | undefined {
  return Reflect.get(globalThis, ENTRY_FILES) as readonly string[] | undefined;
}
