import type { ImporterReference, LoadableReference } from '../../wire/captured.ts';
import { isEntryModule } from '../entry-module.ts';
import { IMPORT, type Literal } from './literal.ts';

/** What an import of the literal's module names, unless that is the program's entry module. */
export function importOf(literal: Literal, name: string): LoadableReference | undefined {
  const imported = literal.facts.imports.get(name);
  if (imported === undefined) return undefined;
  const { specifier, exported } = imported;
  if (isEntry(literal.script, specifier)) return undefined;
  return once(literal, name, () => ({
    kind: 'import',
    script: literal.script,
    specifier,
    path: exported === undefined ? [] : [exported],
  }));
}

/** The `require` of the literal's file. */
export function requireOf(literal: Literal, name: string, value: unknown): LoadableReference | undefined {
  if (literal.isModule || name !== 'require' || typeof value !== 'function' || !Object.hasOwn(value, 'cache')) {
    return undefined;
  }
  const file = /^(?:\/|[a-z]:[\\/])/i.test(literal.script) ? literal.script : `${process.cwd()}/${literal.script}`;
  return once(literal, name, () => ({ kind: 'require', file }));
}

/** What stands for `import()` in the literal's text, where it uses that. */
export function importedBy(literal: Literal): { name: string; reference: ImporterReference } | undefined {
  if (!literal.importsDynamically) return undefined;
  const reference = once(literal, IMPORT, () => ({ kind: 'importer', script: literal.script }));
  return { name: IMPORT, reference: reference as ImporterReference };
}

function once(literal: Literal, name: string, make: () => LoadableReference): LoadableReference {
  let reference = literal.loadables.get(name);
  if (reference === undefined) {
    reference = make();
    literal.loadables.set(name, reference);
  }
  return reference;
}

function isEntry(script: string, specifier: string): boolean {
  return script.startsWith('file:') && /^\.{0,2}\//.test(specifier) && isEntryModule(new URL(specifier, script).href);
}
