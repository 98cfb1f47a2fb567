import { closeSync, ftruncateSync, openSync, unlinkSync } from 'node:fs';
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
  const fd = openUnnamed(`heddle-${randomUUID()}`);
  try {
    ftruncateSync(fd, length);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return fd;
}

/** In memory where there is such a folder. */
function openUnnamed(name: string): number {
  if (process.platform === 'linux') {
    try {
      return openAndUnlink(path.join('/dev/shm', name));
    } catch {
      // A container may have none.
    }
  }
  return openAndUnlink(path.join(tmpdir(), name));
}

function openAndUnlink(file: string): number {
  const fd = openSync(file, 'wx+', 0o600);
  unlinkSync(file);
  return fd;
}
