// Writes and reads files without letting anything else happen.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const folder = mkdtempSync(path.join(tmpdir(), 'blocks-'));
const file = path.join(folder, 'data');
writeFileSync(file, Buffer.alloc(4_000_000, 'x'));

function loadData(milliseconds: number): number {
  const end = Date.now() + milliseconds;
  let bytes = 0;
  while (Date.now() < end) {
    bytes += readFileSync(file).length; // blocks
  }
  return bytes;
}

setTimeout(() => {
  console.log(loadData(500) > 0);
  rmSync(folder, { recursive: true });
}, 100);
