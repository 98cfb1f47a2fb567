import path from 'node:path';
import type { BuildOptions } from 'esbuild';

/** The entry points of a build, as far as its options name their files. */
export class EsbuildEntries {
  readonly #files: readonly string[];
  readonly #hasPatterns: boolean;

  constructor(entryPoints: BuildOptions['entryPoints'], folder: string) {
    const list = Array.isArray(entryPoints) ? entryPoints : Object.values(entryPoints ?? {});
    const named = list.map((entry: string | { in: string }) => (typeof entry === 'string' ? entry : entry.in));
    this.#files = named.map((entry) => path.resolve(folder, entry));
    this.#hasPatterns = named.some((entry) => entry.includes('*'));
  }

  /** Whether a file is an entry point, or cannot be told from one. */
  mayBe(file: string): boolean {
    return this.#hasPatterns || this.#files.some((entry) => isSpelledAs(entry, file));
  }

  /** Whether a file is the only entry point, and so the program's. */
  isOnly(file: string): boolean {
    return !this.#hasPatterns && this.#files.length === 1 && this.mayBe(file);
  }
}

// An entry point may be named without its extension, or by its folder.
function isSpelledAs(entry: string, file: string): boolean {
  if (file === entry) return true;
  const rest = file.startsWith(entry) ? file.slice(entry.length) : '';
  return /^(?:[\\/]index)?\.[cm]?[jt]sx?$/.test(rest);
}
