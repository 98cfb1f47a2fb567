import { closeSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { ProcessRecord } from './records.ts';

// The program may put something else in their places.
const write = writeSync;
const { stringify } = JSON;

/** Where a process of the program leaves its records: each is there as soon as `write` returns, whatever comes then. */
export class RecordFile {
  readonly file: string;
  #descriptor: number | undefined;

  constructor(folder: string, pid: number) {
    this.file = path.join(folder, `${pid}.ndjson`);
    this.#descriptor = openSync(this.file, 'a');
  }

  write(record: ProcessRecord): void {
    if (this.#descriptor === undefined) return;
    try {
      write(this.#descriptor, `${stringify(record)}\n`);
    } catch {
      // The folder's owner has gone, or the disk is full: the program is not to notice.
      this.close();
    }
  }

  close(): void {
    if (this.#descriptor === undefined) return;
    try {
      closeSync(this.#descriptor);
    } catch {
      // A program may close all descriptors that it did not open.
    }
    this.#descriptor = undefined;
  }
}
