import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before } from 'node:test';

export interface ProgramFolder {
  /** Writes a file of the folder, and gives its path. */
  write(name: string, text: string): string;
}

/** A folder for the programs of a suite: made before its tests, removed after them. */
export function programFolder(): ProgramFolder {
  let folder = '';
  before(() => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'heddle-programs-')));
  });
  after(() => rmSync(folder, { recursive: true }));
  return {
    write(name, text) {
      const file = path.join(folder, name);
      writeFileSync(file, text);
      return file;
    },
  };
}
