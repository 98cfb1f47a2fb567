// What it costs a server to have its loop watched: processor time per request and while idle, with and without a watch,
// in interleaved rounds of one run. Results in results/watchdog.json and watchdog.md.
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { environment } from '../report/environment.ts';
import { save } from '../report/save.ts';
import { median } from '../statistics.mjs';
import { MeasuredServer } from './measured-server.ts';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    /** In each round, of each server. */
    requests: { type: 'string', default: '4000' },
    /** Seconds that the servers have nothing to do. */
    idle: { type: 'string', default: '20' },
  },
});
const requests = Number(options.requests);
const IN_FLIGHT = 10;

/** The second one without a watch shows how much figures differ by chance. */
const kinds = { bare: 'bare', again: 'bare', watched: 'watched' } as const;
const names = Object.keys(kinds) as (keyof typeof kinds)[];
const servers = Object.fromEntries(
  await Promise.all(names.map(async (name) => [name, await MeasuredServer.start(kinds[name])] as const)),
) as Record<keyof typeof kinds, MeasuredServer>;

const perRequest: Record<keyof typeof kinds, { processor: number; wall: number }[]> = {
  bare: [],
  again: [],
  watched: [],
};
for (let round = -2; round < Number(options.rounds); round++) {
  // Each comes first as often as the others.
  const order = names.map((_, index) => names[(index + round + 3) % names.length]!);
  for (const name of order) {
    const time = await servers[name].measure(requests, IN_FLIGHT);
    // The first rounds are for the compiler.
    if (round >= 0) perRequest[name].push(time);
  }
}

const before = await Promise.all(names.map((name) => servers[name].processorTime()));
const idleBegan = performance.now();
await setTimeout(Number(options.idle) * 1000);
const idleTime = (performance.now() - idleBegan) * 1000;
const after = await Promise.all(names.map((name) => servers[name].processorTime()));
const idle = Object.fromEntries(
  names.map((name, index) => [name, ((after[index]! - before[index]!) / idleTime) * 100]),
) as Record<keyof typeof kinds, number>;
for (const server of Object.values(servers)) server.stop();

/** Without what the process would have used in the same time while idle. */
const own = (name: keyof typeof kinds): number[] =>
  perRequest[name].map(({ processor, wall }) => processor - (wall * idle[name]) / 100);
const ratio = (name: keyof typeof kinds): number => median(own(name).map((time, round) => time / own('bare')[round]!));
const row = (title: string, name: keyof typeof kinds): string => {
  const all = median(perRequest[name].map(({ processor }) => processor));
  return `| ${title} | ${idle[name].toFixed(2)} % | ${all.toFixed(1)} µs | ${median(own(name)).toFixed(1)} µs | ${ratio(name).toFixed(3)} |`;
};
const busy = median(perRequest.bare.map(({ processor, wall }) => (processor / wall) * 100));
const measured = environment();
const page = `# The cost of a watch

| \`node:http\` server | idle, of one core | processor time per request | without the idle share | against the first, median of rounds |
|---|---:|---:|---:|---:|
${row('without a watch', 'bare')}
${row('the same once more', 'again')}
${row('with `watchLoop()`', 'watched')}

All threads of the process are in these figures, the watching one included. ${options.rounds} rounds of ${requests} requests for
each server in turn, ${IN_FLIGHT} at a time over connections that stay open, which keep it ${busy.toFixed(0)} % busy; then
${options.idle} seconds of nothing. A watch costs by the second and not by the request: its share of each is less where more come.

Node ${measured.node}, ${measured.platform}, ${measured.cores} cores, load ${measured.load}, ${measured.date.slice(0, 10)}. Written by
\`npm run bench:watchdog -w @heddle/bench\`.
`;
console.log(page);
save(
  'watchdog',
  { environment: measured, options, units: { perRequest: 'µs', idle: '% of a core' }, perRequest, idle },
  page,
);
