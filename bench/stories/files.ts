import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Results } from './results.ts';

export const resultsFile: string = fileURLToPath(new URL('../results/stories.json', import.meta.url));
export const guide: string = fileURLToPath(new URL('../../docs/guide/finding-what-blocks.md', import.meta.url));

export function committedResults(): Results {
  return JSON.parse(readFileSync(resultsFile, 'utf8')) as Results;
}
