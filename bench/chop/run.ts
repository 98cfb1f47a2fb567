// When to chop, when to defer and when neither: /ping beside the same work inline, chopped and deferred, in one run;
// what a step of a task costs; whether a LoopingCall drifts. Results in results/chop.json and chop.md.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { deferToThread } from 'heddle';
import { reactor } from 'heddle/reactor';
import { cooperate } from 'heddle/task';
import { median, quantile } from '../statistics.mjs';
import { environment } from '../report/environment.ts';
import { measureCost } from './cost.ts';
import { measureDrift } from './drift.ts';
import { PingServer } from './ping-server.ts';
import { processorTimeOfTurns } from './turns.ts';
import {
  ascending,
  busy,
  busyByHand,
  ITEMS,
  numbers,
  orderLines,
  parseOrders,
  parseOrdersInPieces,
  sortNumbers,
  sumOfRoots,
  sumOfRootsInPieces,
  turnoverOf,
} from './work.ts';

const { values: options } = parseArgs({
  options: {
    /** How often each work is done while /ping is measured. */
    times: { type: 'string', default: '5' },
    /** Seconds of the one long task. */
    seconds: { type: 'string', default: '10' },
    /** Nothing but the long task, and nothing is written. */
    long: { type: 'boolean', default: false },
  },
});

interface Way {
  readonly work: string;
  readonly way: string;
  readonly run: () => unknown;
}

interface Measured {
  readonly work: string;
  readonly way: string;
  /** Milliseconds: the median of the times that the work took. */
  readonly total: number;
  readonly pings: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

const orders = orderLines(60_000);
const text = `[${orders.join(',')}]`;
const unsorted = numbers(1_000_000);
const sorted = sortNumbers(unsorted);
const sum = sumOfRoots(ITEMS);
const turnover = turnoverOf(text);

/** Checked once beforehand, so that no check is measured. */
async function check(): Promise<void> {
  assert.equal(await cooperate(sumOfRootsInPieces(ITEMS, 1)).whenDone(), sum);
  assert.equal(await deferToThread(sumOfRoots, ITEMS), sum);
  assert.deepEqual(await cooperate.sort(unsorted, ascending), sorted);
  assert.deepEqual(await deferToThread(sortNumbers, unsorted), sorted);
  assert.deepEqual(await cooperate(parseOrdersInPieces(orders)).whenDone(), parseOrders(text));
  assert.equal(await deferToThread(turnoverOf, text), turnover);
}

const loop = 'a loop over 10^7 items';
const json = `JSON of ${Math.round(text.length / 1e6)} MB`;
const sort = 'a sort of 10^6 numbers';
const ways: readonly Way[] = [
  { work: loop, way: 'inline', run: () => sumOfRoots(ITEMS) },
  { work: loop, way: 'chopped, a step an item', run: () => cooperate(sumOfRootsInPieces(ITEMS, 1)).whenDone() },
  { work: loop, way: 'chopped, a step 1,000 items', run: () => cooperate(sumOfRootsInPieces(ITEMS, 1_000)).whenDone() },
  { work: loop, way: 'deferred', run: () => deferToThread(sumOfRoots, ITEMS) },
  { work: json, way: 'inline', run: () => parseOrders(text) },
  { work: json, way: 'chopped, line by line', run: () => cooperate(parseOrdersInPieces(orders)).whenDone() },
  { work: json, way: 'deferred, all comes back', run: () => deferToThread(parseOrders, text) },
  { work: json, way: 'deferred, a number comes back', run: () => deferToThread(turnoverOf, text) },
  { work: sort, way: 'inline', run: () => sortNumbers(unsorted) },
  { work: sort, way: 'chopped (`cooperate.sort`)', run: () => cooperate.sort(unsorted, ascending) },
  { work: sort, way: 'deferred', run: () => deferToThread(sortNumbers, unsorted) },
];

async function measure(server: PingServer, { work, way, run }: Way, times: number): Promise<Measured> {
  const totals: number[] = [];
  const latencies = await server.during(async () => {
    for (let i = 0; i < times; i++) {
      const started = performance.now();
      await run();
      totals.push(performance.now() - started);
      // Whoever comes with the next work comes in a later turn.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
  const result = {
    work,
    way,
    total: median(totals),
    pings: latencies.length,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    max: Math.max(...latencies),
  };
  console.log(`${work}, ${way}: ${ms(result.total)}; /ping p50 ${ms(result.p50)}, p99 ${ms(result.p99)}`);
  return result;
}

function ms(milliseconds: number): string {
  return milliseconds < 100
    ? `${milliseconds.toFixed(1)} ms`
    : `${Math.round(milliseconds).toLocaleString('en-US')} ms`;
}

function table(rows: readonly Measured[]): string {
  return [
    '| work | way | total | `/ping` p50 | `/ping` p99 | `/ping` max |',
    '|---|---|---:|---:|---:|---:|',
    ...rows.map(
      ({ work, way, total, p50, p99, max }) =>
        `| ${work} | ${way} | ${ms(total)} | ${ms(p50)} | ${ms(p99)} | ${ms(max)} |`,
    ),
  ].join('\n');
}

if (!options.long) await check();
const server = await PingServer.start();
const none = await measure(
  server,
  { work: 'nothing', way: '', run: () => new Promise((done) => setTimeout(done, 1_000)) },
  2,
);
const seconds = Number(options.seconds);
const task = `a task of ${seconds} s`;
const long = await measure(
  server,
  { work: task, way: 'chopped', run: () => cooperate(busy(seconds * 1_000)).whenDone() },
  1,
);
const byHand = await measure(
  server,
  { work: task, way: '10 ms in each turn, by hand', run: () => busyByHand(seconds * 1_000) },
  1,
);
const turns = await processorTimeOfTurns(() => cooperate(busy(seconds * 100)).whenDone());
const turn = { p50: quantile(turns, 0.5), p99: quantile(turns, 0.99), max: Math.max(...turns) };
console.log(`a turn of the loop beside such a task, processor time: p50 ${ms(turn.p50)}, p99 ${ms(turn.p99)}`);
if (options.long) process.exit();
const rows: Measured[] = [];
for (const way of ways) rows.push(await measure(server, way, Number(options.times)));
server.stop();
const cost = await measureCost();
const drift = await measureDrift();
await reactor.getThreadPool().stop();

const measured = environment();
const figures = table([none, long, byHand, ...rows]);
const machine = `Node ${measured.node}, ${measured.platform}, ${measured.cores} cores, ${measured.date.slice(0, 10)}`;
const report = `# Chopped or deferred

${figures}

\`/ping\` was asked for every 5 ms by a process of its own; a latency counts from the moment at which the request was
due. \`total\` is the median of ${options.times} times.

Processor time that a turn of the loop takes beside the long task, the task included: p50 ${ms(turn.p50)}, p99
${ms(turn.p99)}, max ${ms(turn.max)}. Other programs on the machine come between in \`/ping\`, not in this.

A step of a task: ${cost.one.toFixed(1)} ns (${cost.oneOverBare.toFixed(1)} times a bare step of a generator, ${cost.bare.toFixed(1)} ns);
of four tasks that take turns: ${cost.four.toFixed(1)} ns (${cost.fourOverBare.toFixed(1)} times).

How late a tick is against start + k·interval, at an interval of 1 ms:

| 10,000 ticks of | first thousand | last thousand |
|---|---:|---:|
${drift.map(({ way, first, last }) => `| ${way} | ${ms(first)} | ${ms(last)} |`).join('\n')}

${machine}. Written by \`npm run bench:chop -w @heddle/bench\`.
`;
console.log(`\n${report}`);
const folder = new URL('../results/', import.meta.url);
mkdirSync(folder, { recursive: true });
const results = {
  environment: measured,
  options,
  units: { total: 'ms', cost: 'ns', drift: 'ms' },
  none,
  long,
  byHand,
  rows,
  turn,
  cost,
  drift,
};
writeFileSync(new URL('chop.json', folder), `${JSON.stringify(results, null, 2)}\n`);
writeFileSync(new URL('chop.md', folder), report);

/** The guide shows the figures of the latest run. */
const guide = new URL('../../docs/guide/chop-or-defer.md', import.meta.url);
const [begin, end] = ['<!-- measured:begin -->\n', '<!-- measured:end -->'];
const page = readFileSync(guide, 'utf8');
const before = page.slice(0, page.indexOf(begin) + begin.length);
const after = page.slice(page.indexOf(end));
const note = `${machine}, by \`npm run bench:chop -w @heddle/bench\`: \`/ping\` is asked for every
5 ms by another process, its latency counts from the moment at which it was due. Other programs on the
machine are in these figures; beside the long task a turn of the loop takes ${ms(turn.p99)} of processor time at p99.
Compare the rows, not the figures with those of another machine.`;
writeFileSync(
  guide,
  `${before}
${figures}

${note}

${after}`,
);
