type Stream = NodeJS.WriteStream;

/**
 * What a thread prints: its streams send a part, and the next when that was taken. What has not been sent when the thread
 * ends is lost.
 */
export class Output {
  readonly #stdout: Stream = process.stdout;
  readonly #stderr: Stream = process.stderr;
  // A program may replace the streams' own, to see what is printed.
  readonly #write: Stream['write'] = process.stdout.write;

  /** Settles when all that has been printed has got to the program; undefined where nothing is on its way. */
  onItsWay(): Promise<unknown> | undefined {
    if (this.#stdout.writableLength === 0 && this.#stderr.writableLength === 0) return undefined;
    return Promise.all([this.#written(this.#stdout), this.#written(this.#stderr)]);
  }

  #written(stream: Stream): Promise<void> | undefined {
    if (stream.writableLength === 0 || stream.writableEnded || stream.destroyed) return undefined;
    return new Promise((resolve) => {
      this.#write.call(stream, '', 'utf8', () => resolve());
    });
  }
}
