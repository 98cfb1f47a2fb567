import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

const NANOSECONDS = 1e6;

/** What the operating system knows of a thread of this process. Only Linux tells. */
export class ThreadFigures {
  readonly #folder: string;
  #file: number | undefined;
  readonly #buffer = Buffer.alloc(100);

  private constructor(folder: string) {
    this.#folder = folder;
    try {
      if (process.platform === 'linux') this.#file = openSync(`${this.#folder}/schedstat`, 'r');
    } catch {
      // A kernel that does not count, or a permission.
    }
  }

  /** Of the thread that a process begins with, which has its number. */
  static ofProcess(processId: number): ThreadFigures {
    return new ThreadFigures(`/proc/self/task/${processId}`);
  }

  /** Of the thread that this is called in. */
  static own(): ThreadFigures {
    return new ThreadFigures('/proc/thread-self');
  }

  /** For how many milliseconds in all it had something to do and got no processor. */
  waited(): number {
    return Number(this.#figures()[1] ?? 0) / NANOSECONDS;
  }

  /** For how many milliseconds in all it had a processor. */
  ran(): number {
    return Number(this.#figures()[0] ?? 0) / NANOSECONDS;
  }

  /** Whether it has something to do now: with or without a processor. `undefined` where nobody knows. */
  wantsProcessor(): boolean | undefined {
    if (this.#file === undefined) return undefined;
    try {
      // The name before it, in parentheses, may hold anything.
      return /\) R /.test(readFileSync(`${this.#folder}/stat`, 'latin1'));
    } catch {
      return undefined;
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #figures(): string[] {
    if (this.#file === undefined) return [];
    try {
      return this.#buffer.toString('latin1', 0, readSync(this.#file, this.#buffer, 0, 100, 0)).split(' ');
    } catch {
      this.#file = undefined;
      return [];
    }
  }
}
