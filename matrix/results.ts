import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The kinds that have an address, in the order of the table. */
export const addressedKinds: readonly string[] = [
  'named export',
  'default export',
  're-exported by a barrel',
  'exported under two names',
  'by a namespace import',
  'static method',
  'method of an exported object, uses this',
  'async function',
  'returns a promise',
  'reads an import of Node',
  'CommonJS export',
  'method in module.exports, uses this',
  'npm, ES module (marked)',
  'npm, CommonJS (ms)',
  'npm, both (defu)',
  "Node's own (pbkdf2Sync)",
  'global (JSON.parse)',
  'threadFunction',
  'instance with a codec',
];

/** The kinds that have none, and travel by their text. */
export const capturedKinds: readonly string[] = [
  'not exported',
  'inline arrow with captured values',
  'arrow that calls a method',
  'function expression and a chain of functions',
  'captured class',
  'captured enum',
  'captured import of Node',
  'captured import of a package',
  'one property beside a socket',
  'function of the entry file',
];

export const kinds: readonly string[] = [...addressedKinds, ...capturedKinds];

/** One run of the fixture program. */
export interface Row {
  /** The version of Node; none under a runtime that is not Node. */
  readonly node?: string | undefined;
  /** What became of each kind of function: `works`, `refused CODE: why`, `fails: why`, `wrong: …`. */
  readonly outcomes: Readonly<Record<string, string>>;
}

export interface RunnerResult {
  readonly name: string;
  readonly order: number;
  readonly tool?: string;
  readonly version?: string;
  readonly rows: readonly Row[];
}

/** The committed results. */
export function readResults(): RunnerResult[] {
  const folder = path.join(import.meta.dirname, 'results');
  return globSync('*.json', { cwd: folder })
    .map((file): RunnerResult => JSON.parse(readFileSync(path.join(folder, file), 'utf8')))
    .sort((a, b) => a.order - b.order);
}
