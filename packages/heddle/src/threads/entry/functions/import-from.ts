import { quietly } from '../../wire/quietly.ts';
import { importFirst, importModule } from './import-module.ts';

type ImportFrom = (specifier: unknown, options?: ImportCallOptions) => Promise<object>;

const importers = new Map<string, ImportFrom>();

const namespaces = new Map<string, object>();

/** What `import(specifier)` gives in a script of this name: at once where this thread has imported it there before. */
export function importFrom(script: string, specifier: string): object | Promise<object> {
  if (specifier.startsWith('node:') || specifier.startsWith('file:')) return importModule(specifier);
  const key = `${script}\n${specifier}`;
  return namespaces.get(key) ?? importFirst(namespaces, key, () => importerOf(script)(specifier));
}

/**
 * A function that imports as `import()` does in a script of this name: relative to it, and by the rules
 * for ES modules.
 */
export function importerOf(script: string): ImportFrom {
  let importer = importers.get(script);
  if (importer === undefined) {
    importer = makeImporter(script);
    importers.set(script, importer);
  }
  return importer;
}

// Only the loader itself knows how a package is found from a file, and what `./work` means to the hooks that a program
// has given it: some complete or replace the names of files.
function makeImporter(script: string): ImportFrom {
  const { compileFunction, constants } = process.getBuiltinModule('node:vm');
  const load = quietly(() =>
    compileFunction('return import(specifier, options)', ['specifier', 'options'], {
      filename: script,
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    }),
  ) as ImportFrom;
  return (specifier, options) => quietly(() => load(specifier, options));
}
