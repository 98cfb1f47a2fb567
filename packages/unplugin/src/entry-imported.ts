/** Why the files of a program cannot be put together as the options say. */
export function entryJoined(entry: string, fileName: string): string {
  return (
    `HEDDLE_ENTRY_MODULE: ${fileName} has both ${entry}, an entry module, and what is deferred, and a thread that loads it ` +
    'would run the whole program again. Leave out the option by which they come into one file, such as ' +
    'inlineDynamicImports or a group of chunks.'
  );
}

/** Why a module cannot be built for a thread that imports the program's entry. */
export function entryImported(entry: string, importer: string): string {
  return (
    `HEDDLE_ENTRY_MODULE: ${importer} imports ${entry}, the program's entry module, and a thread that loads it would ` +
    'run the whole program again. Move what it needs of the entry to a module of its own.'
  );
}
