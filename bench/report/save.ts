import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where results are committed. */
export const resultsFolder: string = fileURLToPath(new URL('../results', import.meta.url));

/** Writes `results/<name>.json` and, for readers, `results/<name>.md`. */
export function save(name: string, results: object, page: string): string[] {
  mkdirSync(resultsFolder, { recursive: true });
  const files = [path.join(resultsFolder, `${name}.json`), path.join(resultsFolder, `${name}.md`)] as const;
  writeFileSync(files[0], `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(files[1], page);
  return [...files];
}
