import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../support/paths.ts';

/** A row of a table, with the sections it stands in. */
export interface Row {
  readonly section: string;
  readonly cells: readonly string[];
}

/** The rows of all tables of a page in docs, without their heads. */
export function rowsOf(page: string): Row[] {
  const rows: Row[] = [];
  let section = '';
  let isHead = true;
  for (const line of readFileSync(path.join(packageRoot, '../../docs', page), 'utf8').split('\n')) {
    if (line.startsWith('#')) section = line.replace(/^#+ /, '');
    if (!line.startsWith('|')) isHead = true;
    else if (/^\|[\s|-]*\|$/.test(line)) isHead = false;
    else if (!isHead) rows.push({ section, cells: cellsOf(line) });
  }
  return rows;
}

function cellsOf(line: string): string[] {
  return line
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}

/** The source of a test named as `task/looping-call`, with the suite of the same name, if there is one; '' if none. */
export function testSource(name: string): string {
  const file = path.join(packageRoot, 'test', name);
  return [`${file}.test.ts`, `${file}.tst.ts`, `${file}.ts`]
    .filter((candidate) => existsSync(candidate))
    .map((candidate) => readFileSync(candidate, 'utf8'))
    .join('\n');
}
