import { parseArgs } from 'node:util';
import { fetchNode } from '../scripts/node-binary.ts';

export interface Options {
  /** The Node binary that is measured. */
  readonly node: string;
  /** Rounds; in each, every peer is measured once. */
  readonly rounds: number;
  /** How long a peer is kept busy at a time, in milliseconds. */
  readonly slice: number;
  /** Measures only these peers beside Heddle. */
  readonly only: readonly string[] | undefined;
  /** Whether only to show that every program works: next to no calls, and nothing is written. */
  readonly smoke: boolean;
}

/**
 * Reads `--node 20` (a version, which is fetched where it is not there, or a binary's path), `--rounds`, `--slice`,
 * `--smoke` and `--only piscina`, once for each peer that is wanted beside Heddle.
 */
export function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      node: { type: 'string', default: process.execPath },
      rounds: { type: 'string', default: '7' },
      slice: { type: 'string', default: '400' },
      only: { type: 'string', multiple: true },
      smoke: { type: 'boolean', default: false },
    },
  });
  const node = /^[\d.]+$/.test(values.node) ? fetchNode(values.node) : values.node;
  if (values.smoke) return { node, only: values.only, rounds: 1, slice: 5, smoke: true };
  return {
    node,
    rounds: Math.ceil(positive('--rounds', values.rounds)),
    slice: positive('--slice', values.slice),
    only: values.only,
    smoke: false,
  };
}

function positive(name: string, given: string): number {
  const value = Number(given);
  if (Number.isFinite(value) && value > 0) return value;
  throw new Error(`${name} must be a number above 0, not '${given}'.`);
}
