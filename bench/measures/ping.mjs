import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startEngaged } from '../process/engage.mjs';

const THREADS = 2;
const JOBS = 4;
/** Some 20 ms. */
const ROUNDS = 2_000_000;

/** @type {import('./measure.ts').Measure} */
export const measure = {
  name: 'ping',
  process: 'fresh',
  everyRound: 1,
  figures: {
    p99: {
      title: '`/ping` beside work that 2 threads never get done, p99',
      unit: 'ms',
      better: 'less',
      target: { kind: 'times', than: 'the best peer', atLeast: 1 / 0.8 },
    },
    jobs: { title: 'the work done meanwhile', unit: 'jobs/s', better: 'more' },
  },
  async run({ peer, size }) {
    const pool = await startEngaged(peer, THREADS);
    const server = createServer((_, response) => response.end('pong')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());

    let jobs = 0;
    const over = new AbortController();
    const work = pool.caller('work');
    const started = performance.now();
    const workers = Array.from({ length: JOBS }, async () => {
      while (!over.signal.aborted) {
        await work(size(ROUNDS, 1000));
        jobs++;
      }
    });
    const client = fileURLToPath(new URL('../process/ping-client.mjs', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [client, `${port}`, `${size(600, 3)}`]);
    over.abort();
    await Promise.all(workers);
    const seconds = (performance.now() - started) / 1000;
    server.closeAllConnections();
    server.close();
    return { p99: Number(stdout), jobs: jobs / seconds };
  },
};
