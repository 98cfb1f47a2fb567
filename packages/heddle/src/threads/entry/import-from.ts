import { pathToFileURL } from 'node:url';
import { quietly } from '../wire/quietly.ts';
import { importModule } from './import-module.ts';

type ImportFrom = (specifier: unknown, options?: ImportCallOptions) => Promise<object>;

const importers = new Map<string, ImportFrom>();

/** What `import(specifier)` gives in a script of this name. */
export function importFrom(script: string, specifier: string): object | Promise<object> {
  const url = plainUrl(script, specifier);
  return url === undefined ? importerOf(script)(specifier) : importModule(url);
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

// Only the loader itself knows how a package is found from a file.
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

/** The URL that a specifier is without a search through packages. */
function plainUrl(script: string, specifier: string): string | undefined {
  if (specifier.startsWith('node:') || specifier.startsWith('file:')) return specifier;
  if (!/^\.{0,2}\//.test(specifier)) return undefined;
  const base = script.startsWith('file:') ? script : pathToFileURL(script).href;
  return new URL(specifier, base).href;
}
