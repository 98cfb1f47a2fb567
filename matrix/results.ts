import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The columns, in the order of the table. */
export const kinds: readonly string[] = [
  'named export',
  'default export',
  're-exported by a barrel',
  'static method',
  'async function',
  'CommonJS export',
  'npm, ES module (marked)',
  'npm, CommonJS (ms)',
  "Node's own (pbkdf2Sync)",
  'global (JSON.parse)',
  'threadFunction',
  'not exported',
  'reads an import of Node',
  'inline arrow with captured values',
  'function of the entry file',
];

/** One run of the fixture program. */
export interface Row {
  /** The version of Node; none under a runtime that is not Node. */
  readonly node?: string | undefined;
  /** What became of each kind of function: `works`, `refused CODE`, `fails: why`, `wrong: …`. */
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
