import { clearTimeout, setTimeout } from '../../defer/node-timers.ts';

type Stream = NodeJS.WriteStream;

/** Where nobody takes what is printed, because the program's own streams have been closed, calls wait no longer. */
const PATIENCE_MS = 1000;

/**
 * What a thread or a process prints: its streams send a part, and the next when that was taken. What has not been sent
 * when it ends is lost.
 */
export class Output {
  readonly #stdout: Stream = process.stdout;
  readonly #stderr: Stream = process.stderr;
  // A program may replace the streams' own, to see what is printed.
  readonly #write: Stream['write'] = process.stdout.write;
  /** Whether it was waited for in vain. */
  #isStuck = false;

  /** Settles when all that has been printed has got to the program; undefined where nothing is on its way. */
  onItsWay(): Promise<unknown> | undefined {
    if (this.#stdout.writableLength === 0 && this.#stderr.writableLength === 0) {
      this.#isStuck = false;
      return undefined;
    }
    return this.#isStuck ? undefined : this.#arrival();
  }

  #arrival(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#isStuck = true;
        resolve();
      }, PATIENCE_MS);
      void Promise.all([this.#written(this.#stdout), this.#written(this.#stderr)]).then(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #written(stream: Stream): Promise<void> | undefined {
    if (stream.writableLength === 0 || stream.writableEnded || stream.destroyed) return undefined;
    return new Promise((resolve) => {
      this.#write.call(stream, '', 'utf8', () => resolve());
    });
  }
}
