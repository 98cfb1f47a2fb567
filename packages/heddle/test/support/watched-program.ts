import { type ChildProcess, spawn } from 'node:child_process';
import { HANGS_MS } from './hangs.ts';

/** A program of its own that a test can wait for and send signals to. */
export class WatchedProgram {
  readonly #child: ChildProcess;
  readonly #waiting = new Set<() => void>();
  /** Settles when the program has ended: with its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  output = '';

  /** @param source ES module source, which may import from `heddle/…` */
  constructor(source: string) {
    this.#child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
      cwd: import.meta.dirname,
      timeout: HANGS_MS,
      killSignal: 'SIGKILL',
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
        for (const look of this.#waiting) look();
      });
    }
    this.ended = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => {
        resolve(code ?? signal);
        for (const look of this.#waiting) look();
      });
    });
  }

  /** Settles when the program has written `text`; rejected when it ends without. */
  async wrote(text: string): Promise<void> {
    await Promise.race([
      new Promise<void>((resolve) => {
        const look = (): void => {
          if (!this.output.includes(text)) return;
          this.#waiting.delete(look);
          resolve();
        };
        this.#waiting.add(look);
        look();
      }),
      this.ended.then((code) => {
        if (this.output.includes(text)) return;
        throw new Error(`The program ended (${code}) and never wrote ${text}. It wrote:\n${this.output}`);
      }),
    ]);
  }

  /** Writes on the program's standard input. */
  write(text: string): void {
    this.#child.stdin?.write(text);
  }

  send(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}
