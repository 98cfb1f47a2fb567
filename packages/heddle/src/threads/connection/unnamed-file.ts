import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * Makes a file that is gone with the last process that has it open.
 *
 * @param length how many bytes it has, all of them 0
 * @returns the number by which this process has it
 * @throws where no folder for temporary files can be written to
 */
export function makeUnnamedFile(length: number): number {
  // An import would take every program 4 ms.
  const { randomUUID } = process.getBuiltinModule('node:crypto');
  const name = `heddle-${randomUUID()}`;
  if (process.platform === 'linux') {
    try {
      return makeIn('/dev/shm', name, length);
    } catch {
      // In memory where there is such a folder; a container may have none, or a full one.
    }
  }
  return makeIn(tmpdir(), name, length);
}

function makeIn(folder: string, name: string, length: number): number {
  const file = path.join(folder, name);
  const fd = openSync(file, 'wx+', 0o600);
  try {
    unlinkSync(file);
    // A length alone would take no room, and the first to write would find that there is none.
    writeSync(fd, Buffer.alloc(length));
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}
