import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface PingerOptions {
  readonly url: string;
  /** Milliseconds between two requests. */
  readonly interval: number;
  /** Opened beforehand; as many requests can wait for an answer at once. */
  readonly connections: number;
}

/** A process that asks for a page again and again, and tells how long the answers took. */
export class Pinger {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  static async start({ url, interval, connections }: PingerOptions): Promise<Pinger> {
    const pinger = fork(
      fileURLToPath(new URL('process.ts', import.meta.url)),
      [url, String(interval), String(connections)],
      { serialization: 'advanced' },
    );
    await once(pinger, 'message');
    return new Pinger(pinger);
  }

  /** The latencies, in milliseconds, while `work` runs. */
  async during(work: () => Promise<void>): Promise<number[]> {
    this.#process.send('begin');
    await once(this.#process, 'message');
    await work();
    this.#process.send('end');
    const [latencies] = (await once(this.#process, 'message')) as [number[]];
    return latencies;
  }

  stop(): void {
    this.#process.disconnect();
  }
}
