import type { JobDemand } from '../job-demand.ts';

// As they were when this was loaded: a job may replace them, as mocks do.
const { readSync, writeSync } = process.getBuiltinModule('node:fs');

/** The place of each word, in bytes. The pool writes the first, the process the others. */
const CANCELLED = 0;
const OVER = 4;
const BEGUN = 8;
const DONE = 12;
const SINCE = 16;
export const BOARD_BYTES: number = 24;

/** How far a process is with its jobs, which are numbered. */
export interface Notes {
  /** The last job that it has begun. */
  readonly begun: number;
  /** The last one that it has done. */
  readonly done: number;
  /** Since when the function of the one that it has begun has been running; 0 while that is loaded. */
  readonly since: number;
}

/**
 * What a pool and one of its processes know of each other at any moment, also while the process computes: a file
 * without a name, which both have open. Node has no memory that processes share, but a read of such a file is one
 * system call, of about a microsecond, into memory that the operating system has.
 */
export class Board {
  readonly fd: number;
  readonly #bytes: Buffer = Buffer.alloc(BOARD_BYTES);
  readonly #word: Buffer = Buffer.alloc(4);

  /** @param fd a file of at least {@link BOARD_BYTES}, all of them 0 at first */
  constructor(fd: number) {
    this.fd = fd;
  }

  cancel(job: number): void {
    this.#mark(job);
  }

  /** No more of a job's items are wanted: only that it comes to its end. */
  leave(job: number): void {
    this.#mark(-job);
  }

  /** How much of a job is wanted still. */
  demandFor(job: number): JobDemand {
    readSync(this.fd, this.#bytes, CANCELLED, 4, CANCELLED);
    const marked = this.#bytes.readInt32LE(CANCELLED);
    if (marked === job) return 'none';
    return marked === -job ? 'end' : 'all';
  }

  #mark(job: number): void {
    this.#word.writeInt32LE(job);
    writeSync(this.fd, this.#word, 0, 4, CANCELLED);
  }

  /** Notes that a job begins, or that its function does. */
  began(job: number, since: number): void {
    this.#bytes.writeInt32LE(job, BEGUN);
    this.#bytes.writeDoubleLE(since, SINCE);
    writeSync(this.fd, this.#bytes, BEGUN, BOARD_BYTES - BEGUN, BEGUN);
  }

  finish(job: number): void {
    this.#bytes.writeInt32LE(job, DONE);
    writeSync(this.fd, this.#bytes, DONE, 4, DONE);
  }

  /** Notes that none of anybody's code runs any more: what is left is for Node to clear away. */
  end(): void {
    this.#bytes.writeInt32LE(1, OVER);
    writeSync(this.fd, this.#bytes, OVER, 4, OVER);
  }

  get isOver(): boolean {
    readSync(this.fd, this.#bytes, OVER, 4, OVER);
    return this.#bytes.readInt32LE(OVER) === 1;
  }

  look(): Notes {
    readSync(this.fd, this.#bytes, BEGUN, BOARD_BYTES - BEGUN, BEGUN);
    return {
      begun: this.#bytes.readInt32LE(BEGUN),
      done: this.#bytes.readInt32LE(DONE),
      since: this.#bytes.readDoubleLE(SINCE),
    };
  }
}
