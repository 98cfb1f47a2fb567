/** Why a module cannot be built for a thread that imports the program's entry. */
export function entryImported(entry: string, importer: string): string {
  return (
    `HEDDLE_ENTRY_MODULE: ${importer} imports ${entry}, the program's entry module, and a thread that loads it would ` +
    'run the whole program again. Move what it needs of the entry to a module of its own.'
  );
}
