import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** A copy of the library, as a package has it that brings one of its own, until the tests of this file are done. */
export class SecondCopy {
  // Beside the tests: what the library imports is found from there.
  readonly #folder = mkdtempSync(path.join(fileURLToPath(new URL('.', import.meta.url)), 'second-copy-'));

  constructor() {
    after(() => rmSync(this.#folder, { recursive: true }));
    cpSync(fileURLToPath(new URL('..', import.meta.resolve('heddle/defer'))), this.#folder, { recursive: true });
  }

  /** @param entry one that a subpath of the package leads to, such as `defer` */
  async import(entry: string): Promise<unknown> {
    return await import(pathToFileURL(path.join(this.#folder, entry, 'index.mjs')).href);
  }
}
