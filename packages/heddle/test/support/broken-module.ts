import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { threadFunction } from 'heddle/threads';
import { packageRoot } from './paths.ts';

/** The function `never` of a module in fixtures/broken, which the compiler does not copy. */
export function brokenFunction(file: string): () => void {
  return threadFunction<() => void>(pathToFileURL(path.join(packageRoot, 'test/fixtures/broken', file)), 'never');
}
