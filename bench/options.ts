import { parseArgs } from 'node:util';

export interface Options {
  /** Rounds; in each, every peer runs once. */
  readonly rounds: number;
  /** How long a peer runs in a round at each number of calls in flight, in milliseconds. */
  readonly slice: number;
}

/** Reads `--rounds` and `--slice`, or HEDDLE_BENCH_ROUNDS and HEDDLE_BENCH_SLICE. */
export function readOptions(): Options {
  const { values } = parseArgs({ options: { rounds: { type: 'string' }, slice: { type: 'string' } } });
  return {
    rounds: Math.ceil(positive('--rounds', values.rounds ?? process.env['HEDDLE_BENCH_ROUNDS'] ?? '7')),
    slice: positive('--slice', values.slice ?? process.env['HEDDLE_BENCH_SLICE'] ?? '400'),
  };
}

function positive(name: string, given: string): number {
  const value = Number(given);
  if (Number.isFinite(value) && value > 0) return value;
  throw new Error(`${name} must be a number above 0, not '${given}'.`);
}
