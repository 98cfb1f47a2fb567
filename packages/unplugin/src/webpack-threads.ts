import { fileURLToPath } from 'node:url';
import { threadFileName } from './thread-id.ts';
import { readPath, type ThreadPath } from './thread-path.ts';

/** Under which key a module says which modules for threads have been taken out of it. */
export const THREADS = 'heddleThreads';

/** The module that knows where the bundle's files are. */
export const base: string = fileURLToPath(new URL('./webpack-base.mjs', import.meta.url));

/** A module for threads, and the file that it becomes. */
export interface WebpackThread {
  readonly request: string;
  readonly filename: string;
}

/** What is used of webpack's modules. */
export interface WebpackModule {
  readonly resource?: string;
  readonly buildInfo: { [THREADS]?: readonly WebpackThread[] };
}

interface ThreadQuery {
  readonly path: ThreadPath;
  /** Whether it may import the module that it was taken from. */
  readonly hasOwn: boolean;
}

/** The request for the module that makes a deferred function of a file. */
export function requestFor(file: string, { path, hasOwn }: ThreadQuery): string {
  return `${file}?heddle-thread=${path.join(',')}${hasOwn ? '.own' : ''}`;
}

/** Which module for a thread a request's query is about; undefined where it is about none. */
export function threadIn(query: string): ThreadQuery | undefined {
  const [found, path = '', own] = /^\?heddle-thread=([\d,]+)(\.own)?$/.exec(query) ?? [];
  return found === undefined ? undefined : { path: readPath(path), hasOwn: own !== undefined };
}

export function fileOf(file: string, path: ThreadPath, root: string, isEsm: boolean): string {
  return `${threadFileName(file, path.join(','), root)}.${isEsm ? 'mjs' : 'cjs'}`;
}
