import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pinger } from '../ping/pinger.ts';

/** A server in this process that answers /ping, and the process that asks. */
export class PingServer {
  readonly #server: Server;
  readonly #pinger: Pinger;

  private constructor(server: Server, pinger: Pinger) {
    this.#server = server;
    this.#pinger = pinger;
  }

  static async start(): Promise<PingServer> {
    const server = createServer({ keepAliveTimeout: 600_000 }, (_, response) => response.end('pong'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/ping`;
    return new PingServer(server, await Pinger.start({ url, interval: 5, connections: 64 }));
  }

  /** The latencies of /ping, in milliseconds, while `work` runs. */
  during(work: () => Promise<void>): Promise<number[]> {
    return this.#pinger.during(work);
  }

  stop(): void {
    this.#pinger.stop();
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
