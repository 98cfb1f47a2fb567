import { mkdirSync, writeFileSync } from 'node:fs';
import type { PeerResult } from '../comparison.ts';
import type { Options } from '../options.ts';
import { environment } from './environment.ts';
import { table } from './table.ts';

/** Writes `results/calls.json` and `results/calls.md`. */
export function writeResults(options: Options, results: readonly PeerResult[]): void {
  const folder = new URL('../results/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const measured = environment();
  const json = { environment: measured, options, units: { roundTrip: 'µs' }, peers: results };
  writeFileSync(new URL('calls.json', folder), `${JSON.stringify(json, null, 2)}\n`);
  writeFileSync(
    new URL('calls.md', folder),
    `# Calling a function that does nothing in one thread

${table(results)}

In brackets: how many times better Heddle is, below 1 how many times worse; the median of the ratios of
${options.rounds} rounds. In each round every peer ran once, in rotated order, for ${options.slice} ms at each number of calls in
flight. The last row is no library, but a bare worker with one message each way.

Node ${measured.node}, ${measured.platform}, ${measured.cores} cores, ${measured.date.slice(0, 10)}. Written by \`npm run bench\`.
`,
  );
}
