import { ThreadPool } from 'heddle/threads';
import * as work from '../../fixtures/threads/uncancellable.ts';
import { Gate } from '../../support/gate.ts';
import type { NodeFeature } from '../../support/node-features.ts';

/** What becomes of work whose call is given up: it ends by itself, its thread ends in its middle, it goes on to its end. */
export const fates = { looks: 'ends when it looks', terminated: 'is ended', runsOn: 'runs to its end' } as const;
export type WorkFate = (typeof fates)[keyof typeof fates];

/** A kind of work, and what becomes of it on every version of Node that has it. */
export interface CancelledWork {
  readonly name: string;
  readonly f: (gate: Int32Array) => unknown;
  readonly fate: WorkFate;
  /** Whether it comes to an end when it is left alone. */
  readonly isFinite?: true;
  readonly needs?: NodeFeature;
}

const { looks, terminated, runsOn } = fates;

export const cancelledWork: readonly CancelledWork[] = [
  { name: 'a loop that asks `isCancelled()`', f: work.loopThatLooks, fate: looks },
  { name: 'a loop that does not', f: work.tightLoop, fate: terminated },
  { name: 'a loop that catches and continues in `finally`', f: work.loopThatCatches, fate: terminated },
  { name: 'a regular expression that backtracks for ever', f: work.regularExpression, fate: terminated },
  { name: '`Atomics.wait`', f: work.atomicsWait, fate: terminated },
  { name: 'a promise that never settles', f: work.neverSettles, fate: terminated },
  { name: '`JSON.stringify` of 1,000,000 objects', f: work.stringifyJson, fate: terminated, isFinite: true },
  { name: '`JSON.parse` of 15 MB', f: work.parseJson, fate: runsOn, isFinite: true },
  { name: '`crypto.pbkdf2Sync`', f: work.hash, fate: runsOn, isFinite: true },
  { name: '`child_process.spawnSync`', f: work.runProgram, fate: runsOn, isFinite: true },
  { name: '`Float64Array.sort` of 8,000,000 numbers', f: work.sortTypedArray, fate: runsOn, isFinite: true },
  { name: 'a query of `node:sqlite`', f: work.query, fate: runsOn, isFinite: true, needs: 'node:sqlite' },
];

/** What was seen of one kind of work. */
export interface Observed {
  readonly fate: WorkFate;
  /** From the cancel to the end of the work, or of its thread. */
  readonly milliseconds: number;
  /** How long the work takes when it is left alone. */
  readonly alone: number;
}

/** How often a machine that is busy with other things gets another chance to show what is so. */
const TRIES = 5;

/** Cancels such work; again where what was seen is not what should be, since only times tell the one from the other. */
export async function observe(row: CancelledWork): Promise<Observed> {
  let observed = await cancel(row);
  for (let tries = 1; tries < TRIES && observed.fate !== row.fate; tries++) observed = await cancel(row);
  return observed;
}

/** Gives up a call in the middle of its work, without grace unless the work looks, and sees how that ends. */
async function cancel({ f, fate, isFinite }: CancelledWork): Promise<Observed> {
  const pool = new ThreadPool({ max: 1, nice: 0 });
  const alone = isFinite ? await durationOf(pool, f) : Number.POSITIVE_INFINITY;
  const gate = new Gate();
  const call = pool.with({ grace: fate === looks ? Number.POSITIVE_INFINITY : 0 }).defer(f, gate.shared);
  call.addErrback(() => {});
  // The pending call keeps the process.
  await gate.entered();
  // Nobody outside can see when it has got from its first line into native code.
  if (isFinite) await new Promise((resolve) => setTimeout(resolve, alone / 8));
  const began = performance.now();
  call.cancel();
  await threadIsFree(pool);
  const milliseconds = performance.now() - began;
  const endedByItself = pool.statistics().threads > 0;
  await pool.stop();
  if (endedByItself) return { fate: looks, milliseconds, alone };
  // What has taken half of its time and more after the cancel has not been stopped by it.
  return { fate: milliseconds < alone / 2 ? terminated : runsOn, milliseconds, alone };
}

async function durationOf(pool: ThreadPool, f: (gate: Int32Array) => unknown): Promise<number> {
  const gate = new Gate();
  const call = pool.defer(f, gate.shared);
  await gate.entered();
  const began = performance.now();
  await call;
  return performance.now() - began;
}

/** Settles when the only thread of a pool has done its work, or has ended. */
async function threadIsFree(pool: ThreadPool): Promise<void> {
  for (;;) {
    const { threads, idle, stuck } = pool.statistics();
    if (stuck.length === 0 && threads === idle) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
