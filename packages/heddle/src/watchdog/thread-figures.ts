import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

const NANOSECONDS = 1e6;
const OWN_FOLDER = '/proc/thread-self';

/** What the operating system knows now of the thread that this is called in; empty where it does not tell. */
export function figuresOfThisThread(): string {
  try {
    return process.platform === 'linux' ? readFileSync(`${OWN_FOLDER}/schedstat`, 'latin1') : '';
  } catch {
    // A kernel that does not count, or a permission.
    return '';
  }
}

/** What the operating system knows of a thread of this process. Only Linux tells. */
export class ThreadFigures {
  readonly #folder: string;
  #file: number | undefined;
  readonly #noted = Buffer.alloc(100);
  readonly #buffer = Buffer.alloc(100);
  #notedLength = 0;

  private constructor(folder: string, noted: string) {
    this.#folder = folder;
    this.#notedLength = this.#noted.write(noted, 'latin1');
    try {
      if (noted !== '') this.#file = openSync(`${this.#folder}/schedstat`, 'r');
    } catch {
      // A permission.
    }
  }

  /**
   * Of the thread that a process begins with, which has its number.
   *
   * @param noted its own {@link figuresOfThisThread}, at a time that it takes note of
   */
  static ofProcess(processId: number, noted: string): ThreadFigures {
    return new ThreadFigures(`/proc/self/task/${processId}`, noted);
  }

  /** Of the thread that this is called in, with note taken of the figures as they are. */
  static own(): ThreadFigures {
    return new ThreadFigures(OWN_FOLDER, figuresOfThisThread());
  }

  /** Takes note of the figures as they are: often, so no more is done about them. */
  note(): void {
    this.#notedLength = this.#read(this.#noted);
  }

  /** For how many milliseconds it had something to do and got no processor since {@link note}. */
  waitedSinceNote(): number {
    return this.#sinceNote(1);
  }

  /** For how many milliseconds it had a processor since {@link note}. */
  ranSinceNote(): number {
    return this.#sinceNote(0);
  }

  /** For how many milliseconds it had a processor or waited for one, until {@link note}; 0 where nobody knows. */
  lifeUntilNote(): number {
    return (this.#figure(0) + this.#figure(1)) / NANOSECONDS;
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

  #sinceNote(index: number): number {
    const length = this.#read(this.#buffer);
    if (length === 0) return 0;
    return (figure(this.#buffer, length, index) - this.#figure(index)) / NANOSECONDS;
  }

  #figure(index: number): number {
    return figure(this.#noted, this.#notedLength, index);
  }

  #read(into: Buffer): number {
    if (this.#file === undefined) return 0;
    try {
      return readSync(this.#file, into, 0, into.length, 0);
    } catch {
      this.#file = undefined;
      return 0;
    }
  }
}

function figure(text: Buffer, length: number, index: number): number {
  return Number(text.toString('latin1', 0, length).split(' ')[index] ?? 0);
}
