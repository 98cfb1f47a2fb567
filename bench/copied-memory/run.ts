// What it brings, and costs, that the memory of copies is kept (decision 24): 1 MB there and back in processes that differ in
// that alone, in turn, and in rotated order. Ratios are taken within a round.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { environment } from '../report/environment.ts';
import { save } from '../report/save.ts';
import { median } from '../statistics.mjs';

const { values } = parseArgs({
  options: { smoke: { type: 'boolean', default: false }, node: { type: 'string', default: process.execPath } },
});
const ROUNDS = values.smoke ? 1 : 9;
const MILLISECONDS = values.smoke ? 5 : 1500;
const IN_FLIGHT = [1, 10];
const WAYS = ['kept', 'given back'] as const;

interface Figures {
  /** Calls per second. */
  readonly rate: number;
  /** Minor page faults per call. */
  readonly faults: number;
  /** What the process holds afterwards, in MB. */
  readonly memory: number;
}

const program = fileURLToPath(new URL('./program.mjs', import.meta.url));

function measure(way: (typeof WAYS)[number], inFlight: number): Figures {
  const output = execFileSync(values.node, [program, way, `${inFlight}`, `${MILLISECONDS}`], { encoding: 'utf8' });
  return JSON.parse(output) as Figures;
}

const rows = IN_FLIGHT.map((inFlight) => {
  const rounds = Array.from({ length: ROUNDS }, (_, round) => {
    const order = round % 2 === 0 ? WAYS : WAYS.toReversed();
    return Object.fromEntries(order.map((way) => [way, measure(way, inFlight)])) as Record<string, Figures>;
  });
  const all = (way: string, figure: keyof Figures): number[] => rounds.map((round) => (round[way] as Figures)[figure]);
  const ratios = rounds.map((round) => (round['kept'] as Figures).rate / (round['given back'] as Figures).rate);
  const figures = WAYS.map((way) => ({
    way,
    rate: median(all(way, 'rate')),
    faults: median(all(way, 'faults')),
    memory: median(all(way, 'memory')),
  }));
  return { inFlight, figures, ratio: median(ratios), least: Math.min(...ratios), largest: Math.max(...ratios) };
});

const measured = environment(values.node);
const table = [
  '| in flight | memory of copies | calls/s | page faults per call | MB held afterwards | |',
  '|--:|---|--:|--:|--:|--:|',
  ...rows.flatMap(({ inFlight, figures, ratio, least, largest }) =>
    figures.map(({ way, rate, faults, memory }) => {
      const times = way === 'kept' ? `${ratio.toFixed(2)}× (${least.toFixed(2)} to ${largest.toFixed(2)})` : '';
      return `| ${inFlight} | ${way} | ${Math.round(rate)} | ${Math.round(faults)} | ${Math.round(memory)} | ${times} |`;
    }),
  ),
].join('\n');
const text = `# The memory of copies

1 MB there and back, 2 threads, Node ${measured.node.slice(1)}, ${measured.platform}, ${measured.cores} cores; medians of ${ROUNDS} rounds in turn.

${table}
`;
console.log(text);
if (!values.smoke) save('copied-memory', { environment: measured, rounds: ROUNDS, rows }, text);
