const ENTRY: unique symbol = Symbol.for('heddle.entry');

/** What a thread keeps on its global object: the library may be loaded there again, and makes threads of its own there. */
interface InheritedEntry {
  readonly files: readonly string[];
  /** How many threads this one is within, itself included. */
  readonly depth: number;
  isLibraryHere: boolean;
}

/** Keeps the files of the program's entry module in a thread. */
export function keepEntryFiles(files: readonly string[], depth: number): void {
  const entry: InheritedEntry = { files, depth, isLibraryHere: false };
  Reflect.set(globalThis, ENTRY, entry);
}

/** The files of the program's entry module, in a thread of Heddle's; undefined elsewhere. */
export function inheritedEntryFiles(): readonly string[] | undefined {
  return inherited()?.files;
}

/** How many threads or processes of Heddle's this code is within: 0 in the program itself. */
export function nestingDepth(): number {
  return inherited()?.depth ?? 0;
}

/** The library has been loaded, perhaps in a thread. */
export function libraryIsHere(): void {
  const entry = inherited();
  if (entry !== undefined) entry.isLibraryHere = true;
}

/**
 * Whether the program's entry module may have run in this thread: not as long as the library has not been loaded, which
 * it imports, or something for it. To ask this takes no time, where to ask for all modules takes milliseconds.
 */
export function mayHaveRunEntry(): boolean {
  return inherited()?.isLibraryHere === true;
}

function inherited(): InheritedEntry | undefined {
  return Reflect.get(globalThis, ENTRY) as InheritedEntry | undefined;
}
