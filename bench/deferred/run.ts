// How long a chain of callbacks takes: Heddle's Deferred, native promises and Twisted's Deferred, in one run.
// Rounds are interleaved and ratios are taken within a round, so that a busy machine slows all of them alike.
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { environment } from '../report/environment.ts';
import { save } from '../report/save.ts';
import { median } from '../statistics.mjs';
import { type Case, cases, growing } from './cases.ts';
import { startTwisted } from './twisted.ts';

// `--smoke` only shows that everything works. `--node` is for the benches that measure in other processes.
const { values } = parseArgs({ options: { smoke: { type: 'boolean', default: false }, node: { type: 'string' } } });
const ROUNDS = values.smoke ? 1 : 21;
const RUNS = values.smoke ? { heddle: 20, native: 20, twisted: 1 } : { heddle: 20_000, native: 20_000, twisted: 1000 };
const OBJECTS = values.smoke ? 1000 : 100_000;

interface Row {
  readonly case: Case['name'];
  readonly what: string;
  /** Medians, nanoseconds for the whole case. */
  readonly heddle: number;
  readonly native: number;
  readonly twisted: number | null;
  /** Medians of the ratios of each round: how many times as long the other takes. */
  readonly nativeOverHeddle: number;
  readonly twistedOverHeddle: number | null;
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function timeOf(work: () => unknown): number {
  const start = process.hrtime.bigint();
  for (let i = 0; i < RUNS.heddle; i++) work();
  return Number(process.hrtime.bigint() - start) / RUNS.heddle;
}

async function timeOfAwaiting(work: () => Promise<unknown>): Promise<number> {
  const start = process.hrtime.bigint();
  for (let i = 0; i < RUNS.native; i++) await work();
  return Number(process.hrtime.bigint() - start) / RUNS.native;
}

/** Bytes that one more link keeps, from chains of one and of five. */
function bytesOfLink(grow: (links: number) => unknown): number {
  const heldBy = (links: number): number => {
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    const kept = Array.from({ length: OBJECTS }, () => grow(links));
    collectGarbage();
    return (process.memoryUsage().heapUsed - before) / kept.length;
  };
  heldBy(1);
  return Math.round((heldBy(5) - heldBy(1)) / 4);
}

const twisted = await startTwisted();
const rows: Row[] = [];
for (const { name, what, heddle, native } of cases) {
  const times = { heddle: [] as number[], native: [] as number[], twisted: [] as number[] };
  for (let round = -3; round < ROUNDS; round++) {
    const ours = timeOf(heddle);
    const theirs = await timeOfAwaiting(native);
    const python = await twisted?.measure(name, RUNS.twisted);
    // The first rounds are for the compiler.
    if (round < 0) continue;
    times.heddle.push(ours);
    times.native.push(theirs);
    if (python !== undefined) times.twisted.push(python);
  }
  const overHeddle = (others: number[]): number => median(others.map((time, i) => time / (times.heddle[i] as number)));
  rows.push({
    case: name,
    what,
    heddle: median(times.heddle),
    native: median(times.native),
    twisted: twisted ? median(times.twisted) : null,
    nativeOverHeddle: overHeddle(times.native),
    twistedOverHeddle: twisted ? overHeddle(times.twisted) : null,
  });
}
twisted?.stop();
const memory = growing.map(({ name, grow }) => ({ name, bytesOfOneMoreCallback: bytesOfLink(grow) }));

const ratio = (value: number | null): string => (value === null ? 'not installed' : `${value.toFixed(1)} times`);
const time = (value: number | null): string => (value === null ? 'not installed' : `${Math.round(value)}`);
const table = [
  '| ten steps, ns | Heddle | native promises, awaited | Twisted | native ÷ Heddle | Twisted ÷ Heddle |',
  '|---|---|---|---|---|---|',
  ...rows.map((row) =>
    [
      '',
      row.what,
      time(row.heddle),
      time(row.native),
      time(row.twisted),
      ratio(row.nativeOverHeddle),
      ratio(row.twistedOverHeddle),
      '',
    ]
      .join(' | ')
      .trim(),
  ),
].join('\n');
const versions = `Node ${process.versions.node}, ${twisted?.version ?? 'no Twisted (Debian: python3-twisted)'}`;
const bytes = memory.map(({ name, bytesOfOneMoreCallback }) => `${name} ${bytesOfOneMoreCallback}`).join(', ');
const text = `# Chains of callbacks\n\n${versions}; medians of ${ROUNDS} interleaved rounds.\n\n${table}\n\nBytes that one more pending callback keeps: ${bytes}.\n`;

console.log(text);
if (!values.smoke) save('deferred', { environment: environment(), versions, rounds: ROUNDS, rows, memory }, text);
