import { Agent } from 'node:http';
import { percentile } from '../measure/percentile.ts';
import { milliseconds as inWords } from '../measure/words.ts';
import { keepWorkWaiting } from './load.ts';
import type { PhaseOrder, PhaseReport, RouteReport } from './messages.ts';
import { openConnections, poll } from './poller.ts';

/** Runs one phase against the server and prints every second what was seen in it. */
export async function runPhase(origin: string, paths: readonly string[], order: PhaseOrder): Promise<PhaseReport> {
  const agent = new Agent({ keepAlive: true });
  await openConnections(agent, origin);
  const pings: number[] = [];
  const routes = new Map(paths.map((path) => [path, new RouteRecord()]));

  const started = performance.now();
  const until = started + order.milliseconds;
  const live = liveLines(order.name, started);
  const work = keepWorkWaiting(agent, origin, paths, order.mode, until, (done) => {
    live.work++;
    routes.get(done.path)?.add(done.milliseconds, done.threadId, done.digest);
  });
  const polling = poll(agent, origin, until, (latency) => {
    live.pings.push(latency);
    pings.push(latency);
  });
  try {
    await Promise.all([work, polling]);
  } finally {
    live.stop();
    agent.destroy();
  }
  return {
    // What was begun before the end is finished and counted, so the time it took counts too.
    milliseconds: performance.now() - started,
    pings,
    routes: Object.fromEntries([...routes].map(([path, record]) => [path, record.report()])),
  };
}

class RouteRecord {
  readonly #latencies: number[] = [];
  readonly #threadIds = new Set<number>();
  readonly #digests = new Set<string>();

  add(latency: number, threadId: number | undefined, digest: string): void {
    this.#latencies.push(latency);
    if (threadId !== undefined) this.#threadIds.add(threadId);
    this.#digests.add(digest);
  }

  report(): RouteReport {
    return {
      latencies: this.#latencies,
      threadIds: [...this.#threadIds].sort((a, b) => a - b),
      digests: [...this.#digests],
    };
  }
}

function liveLines(name: string, started: number): { pings: number[]; work: number; stop(): void } {
  const live = { pings: [] as number[], work: 0, stop: () => clearInterval(timer) };
  const timer = setInterval(() => {
    const seconds = `${Math.round((performance.now() - started) / 1000)} s`.padStart(5);
    const answered = `${live.pings.length}`.padStart(4);
    const p50 = inWords(percentile(live.pings, 50)).padStart(9);
    const max = inWords(percentile(live.pings, 100)).padStart(9);
    console.log(
      `  ${name.padEnd(20)}${seconds}   ${answered} pings answered, p50 ${p50}, max ${max}   work done: ${live.work}`,
    );
    live.pings = [];
    live.work = 0;
  }, 1000);
  return live;
}
