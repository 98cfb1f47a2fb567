import { fileURLToPath } from 'node:url';
import { threadFileName } from './thread-id.ts';

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
  readonly index: number;
  /** Whether it may import the module that it was taken from. */
  readonly hasOwn: boolean;
}

/** The request for the module that makes a deferred function of a file. */
export function requestFor(file: string, { index, hasOwn }: ThreadQuery): string {
  return `${file}?heddle-thread=${index}${hasOwn ? '.own' : ''}`;
}

export function isThread(query: string): ThreadQuery | undefined {
  const [found, index, own] = /^\?heddle-thread=(\d+)(\.own)?$/.exec(query) ?? [];
  return found === undefined ? undefined : { index: Number(index), hasOwn: own !== undefined };
}

export function fileOf(file: string, index: number, root: string, isEsm: boolean): string {
  return `${threadFileName(file, index, root)}.${isEsm ? 'mjs' : 'cjs'}`;
}
