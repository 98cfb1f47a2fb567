import { createHash } from 'node:crypto';
import path from 'node:path';

const SOURCE = /\.[cm]?[jt]sx?$/;

/** Whether a file holds code that functions can be taken out of. */
export function isSource(file: string): boolean {
  return SOURCE.test(file) && !/[\\/]node_modules[\\/]/.test(file);
}

// Up to the last extension before a query: a folder may have a `#` in its name, as in `C#/main.ts`.
const FILE = /^([^?]*\.[cm]?[jt]sx?)(?:[?#].*)?$/;

/** The file of code that a bundler's module comes from; undefined of any other module. */
export function fileOfModule(id: string): string | undefined {
  return FILE.exec(id)?.[1];
}

/** A name for the file of a thread's module: the same on every machine, and in every build. */
export function threadFileName(file: string, index: number | string, root: string): string {
  const from = path.relative(root, file).replaceAll(path.sep, '/');
  return `heddle-thread-${createHash('sha256').update(`${from}#${index}`).digest('hex').slice(0, 10)}`;
}

/** What a thread's module imports the module as that it was taken from. */
export function ownSpecifier(file: string): string {
  return `./${path.basename(file)}`;
}
