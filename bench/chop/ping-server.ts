import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

/** Milliseconds between two requests. */
const INTERVAL = 5;

/** A server in this process that answers /ping, and the process that asks. */
export class PingServer {
  readonly #server: Server;
  readonly #pinger: ChildProcess;

  private constructor(server: Server, pinger: ChildProcess) {
    this.#server = server;
    this.#pinger = pinger;
  }

  static async start(): Promise<PingServer> {
    const server = createServer({ keepAliveTimeout: 600_000 }, (_, response) => response.end('pong'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const pinger = fork(
      fileURLToPath(new URL('pinger.ts', import.meta.url)),
      [`http://127.0.0.1:${port}`, String(INTERVAL)],
      { serialization: 'advanced' },
    );
    await once(pinger, 'message');
    return new PingServer(server, pinger);
  }

  /** The latencies of /ping, in milliseconds, while `work` runs. */
  async during(work: () => Promise<void>): Promise<number[]> {
    this.#pinger.send('begin');
    await once(this.#pinger, 'message');
    await work();
    this.#pinger.send('end');
    const [latencies] = (await once(this.#pinger, 'message')) as [number[]];
    return latencies;
  }

  stop(): void {
    this.#pinger.disconnect();
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
