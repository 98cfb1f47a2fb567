import path from 'node:path';
import { here, type Variant } from './prepare.ts';

/** A way to run or bundle a program: a row of the table for each version of Node. */
export interface Runner {
  readonly name: string;
  readonly variant: Variant;
  /** Node's versions to run it on; none for a runtime of its own. */
  readonly nodes: readonly string[];
  /** Run in `.ci/run` too: on these versions, or with `true` on Node 24. */
  readonly smoke?: true | readonly string[];
  /** Done once in the program's folder, before it is run. */
  readonly build?: (folder: string) => void | Promise<void>;
  readonly command: (node: string, folder: string) => readonly string[];
  readonly folder?: string;
  /** Run while none of the packages is where the program was built with them: a bundle may know the place. */
  readonly isAlone?: true;
  /** The package type of the program's folder, where the variant does not say it. */
  readonly type?: 'module' | 'commonjs';
  readonly env?: NodeJS.ProcessEnv;
  /** The file that `threadFunction` is told, where it is not the source as the program is written. */
  readonly work?: string;
  /** The npm package whose version belongs to the row. */
  readonly tool?: string;
}

// The oldest that is supported, and the newest of each line.
export const all: readonly string[] = ['20.19.0', '22', '24', '26'];
export const modern: readonly string[] = ['22', '24', '26'];
export const one: readonly string[] = ['24'];

/** The versions that `.ci/run` runs it on. */
export function smokeVersions({ smoke, nodes }: Runner): readonly string[] {
  return smoke === true || smoke === undefined ? nodes.filter((version) => one.includes(version)) : smoke;
}

/** The packages that the fixture program imports. */
export const packages: readonly string[] = ['heddle', 'marked', 'ms', 'defu'];

/** The folder of an npm package that the matrix has installed. */
export const module = (name: string): string => path.join(here, 'node_modules', name);

export const node =
  (flags: readonly string[], entry = 'program.js'): Runner['command'] =>
  (binary) => [binary, ...flags, entry];
