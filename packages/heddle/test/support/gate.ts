import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { GateKey } from '../fixtures/threads/jobs.ts';

type WaitAsync = (array: Int32Array, index: number, value: number) => { value: Promise<string> | string };

/** Holds a job: what a test needs of it, whatever the job runs in. */
export interface AnyGate {
  readonly shared: GateKey;
  entered(): Promise<void>;
  open(): void;
}

/** Holds a job in its thread, for the jobs in fixtures/threads: they enter it, and those that block wait until it opens. */
export class Gate implements AnyGate {
  /** What the job gets: whether it has come in, whether it may go on. */
  readonly shared: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(8));

  /** Settles when the job is inside. Does not keep the process: a pending call must. */
  async entered(): Promise<void> {
    await (Atomics as unknown as { waitAsync: WaitAsync }).waitAsync(this.shared, 0, 0).value;
  }

  open(): void {
    Atomics.store(this.shared, 1, 1);
    Atomics.notify(this.shared, 1);
  }
}

/** The same for a job in another process: what they have in common are files. */
export class FileGate implements AnyGate {
  readonly shared: string;
  readonly #signal: AbortSignal;

  constructor(t: TestContext) {
    this.shared = temporaryFolder(t);
    this.#signal = t.signal;
  }

  /** Gives up with the test, which otherwise would keep its process for ever. */
  async entered(): Promise<void> {
    while (!existsSync(path.join(this.shared, 'entered'))) await setTimeout(1, undefined, { signal: this.#signal });
  }

  open(): void {
    writeFileSync(path.join(this.shared, 'open'), '');
  }
}

/** A list of numbers that jobs write wherever they run, by `append`. */
export class NoteBook {
  readonly file: string;

  constructor(t: TestContext) {
    this.file = path.join(temporaryFolder(t), 'notes');
    writeFileSync(this.file, '');
  }

  read(): number[] {
    return readFileSync(this.file, 'utf8').split('\n').slice(0, -1).map(Number);
  }
}

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A counter in memory that threads share. */
export function sharedInts(length: number): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(length * Int32Array.BYTES_PER_ELEMENT));
}
