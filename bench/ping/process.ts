// A process of its own that asks for a page every few milliseconds, whether or not the earlier ones were answered.
// A latency counts from the moment at which the request was due.
import { Agent, get } from 'node:http';

const [url = '', interval = '5', connections = '64'] = process.argv.slice(2);
const CONNECTIONS = Number(connections);
// In turns, so that none is idle for so long that the server closes it.
const agent = new Agent({
  keepAlive: true,
  maxSockets: CONNECTIONS,
  maxFreeSockets: CONNECTIONS,
  scheduling: 'fifo',
});
let latencies: number[] = [];
const pending = new Set<Promise<void>>();
let timer: NodeJS.Timeout | undefined;

function ping(due: number): void {
  const answered = new Promise<void>((resolve, reject) => {
    get(url, { agent }, (response) => {
      response.resume().on('end', () => {
        latencies.push(performance.now() - due);
        resolve();
      });
    }).on('error', reject);
  });
  pending.add(answered);
  answered.then(() => pending.delete(answered));
}

/** All connections are opened beforehand: a loop that is held up accepts one a turn, and would look worse still. */
async function begin(): Promise<void> {
  // Those of an earlier time may be closed by the server at this very moment.
  agent.destroy();
  for (let i = 0; i < CONNECTIONS; i++) ping(0);
  await Promise.all(pending);
  latencies = [];
  process.send?.('begun');
  const started = performance.now();
  let asked = 0;
  timer = setInterval(() => {
    // A timer that is late has several to make up for.
    for (; started + asked * Number(interval) <= performance.now(); asked++) ping(started + asked * Number(interval));
  }, 1);
}

async function end(): Promise<number[]> {
  clearInterval(timer);
  await Promise.all(pending);
  return latencies;
}

process.on('message', async (order) => {
  if (order === 'begin') await begin();
  else process.send?.(await end());
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
