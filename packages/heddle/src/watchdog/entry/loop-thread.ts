import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

const NANOSECONDS = 1e6;

/** What the operating system knows of the loop's thread. Linux tells; elsewhere nothing is known, which is never an alarm less. */
export class LoopThread {
  readonly #folder: string;
  #file: number | undefined;
  readonly #buffer = Buffer.alloc(100);

  constructor(processId: number) {
    // The thread that a process begins with has its number.
    this.#folder = `/proc/self/task/${processId}`;
    try {
      if (process.platform === 'linux') this.#file = openSync(`${this.#folder}/schedstat`, 'r');
    } catch {
      // A kernel that does not count, or a permission.
    }
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
