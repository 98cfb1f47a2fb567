import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('server.mjs', import.meta.url));

/** A server in a process of its own, with or without a watch. */
export class MeasuredServer {
  readonly #child: ChildProcess;
  readonly #agent = new Agent({ keepAlive: true });
  #port = 0;

  private constructor(kind: 'watched' | 'bare') {
    this.#child = fork(program, [kind]);
  }

  static async start(kind: 'watched' | 'bare'): Promise<MeasuredServer> {
    const server = new MeasuredServer(kind);
    server.#port = await server.#answer();
    return server;
  }

  /** Processor time so far, in microseconds. */
  async processorTime(): Promise<number> {
    const answer = this.#answer();
    this.#child.send('time');
    return answer;
  }

  /** Sends so many requests, some at a time. Of each: the server's processor time, and how long it took, in microseconds. */
  async measure(requests: number, inFlight: number): Promise<{ processor: number; wall: number }> {
    const began = performance.now();
    const before = await this.processorTime();
    let left = requests;
    await Promise.all(
      Array.from({ length: inFlight }, async () => {
        while (left-- > 0) await this.#request();
      }),
    );
    const processor = ((await this.processorTime()) - before) / requests;
    return { processor, wall: ((performance.now() - began) * 1000) / requests };
  }

  stop(): void {
    this.#agent.destroy();
    this.#child.disconnect();
  }

  async #answer(): Promise<number> {
    const [figure] = (await once(this.#child, 'message')) as [number];
    return figure;
  }

  async #request(): Promise<void> {
    const { promise, resolve, reject } = withResolvers();
    get({ port: this.#port, host: '127.0.0.1', agent: this.#agent }, (response) => {
      response.resume().on('end', resolve);
    }).on('error', reject);
    return promise;
  }
}

// Newer than the oldest Node that this runs on.
function withResolvers(): { promise: Promise<void>; resolve: () => void; reject: (error: Error) => void } {
  let settle: { resolve: () => void; reject: (error: Error) => void } | undefined;
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...settle! };
}
