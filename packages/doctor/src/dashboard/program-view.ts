import path from 'node:path';
import type { BlockedLoop } from 'heddle/watchdog';
import type { HistogramSnapshot, PoolCall } from 'heddle/threads';
import { BlockedPlaces } from './blocked-places.ts';
import { CallRecord } from './call-record.ts';
import { LoopDelay } from './loop-delay.ts';
import type { WatchedPool } from './options.ts';
import { ShownPools } from './shown-pools.ts';
import type { Blocked, CallRow, Hello, LoopSample, PoolSample, Program, Sample, ThreadRow } from './sample.ts';

const PERIOD_MS = 1000;
/** Ten minutes. */
const HISTORY = 600;
/** Of each pool. */
const CALLS_SHOWN = 60;
const POOLS_SHOWN = 20;
const THREADS_SHOWN = 64;
const LONGEST_NAME = 200;

/** What is told of the program while somebody looks. */
export interface ViewListener {
  sampled(sample: Sample): void;
  blocked(blocked: Blocked): void;
}

/** What there is to see of the program: little is kept all the time, and the rest is taken while somebody looks. */
export class ProgramView {
  readonly #program: Program;
  readonly #pools: ShownPools;
  readonly #listener: ViewListener;
  readonly #calls: CallRecord = new CallRecord();
  readonly #places: BlockedPlaces = new BlockedPlaces();
  readonly #loopDelay: LoopDelay = new LoopDelay();
  readonly #history: LoopSample[] = [];
  /** So that a page can tell pools of one name apart. */
  readonly #keys = new WeakMap<WatchedPool, string>();
  #lastKey = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(name: string | undefined, pools: () => Iterable<WatchedPool>, listener: ViewListener) {
    this.#pools = new ShownPools(pools);
    this.#listener = listener;
    this.#program = {
      name: name ?? path.basename(process.argv[1] ?? 'node'),
      pid: process.pid,
      node: process.version,
      started: Date.now() - process.uptime() * 1000,
    };
  }

  hello(mayCancel: boolean): Hello {
    return {
      program: this.#program,
      history: this.#history,
      blocks: this.#places.marks(),
      places: this.#places.places(),
      mayCancel,
    };
  }

  /** Takes a sample every second from now on. */
  start(): void {
    this.#loopDelay.start();
    this.#timer = setInterval(() => this.#listener.sampled(this.#sample()), PERIOD_MS);
    // The program's own work keeps the process, not who looks at it.
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#loopDelay.stop();
  }

  /** Stops what goes on all the time. */
  end(): void {
    this.stop();
    this.#calls.stop();
  }

  loopWasBlocked(block: BlockedLoop): void {
    const mark = this.#places.add(block);
    this.#listener.blocked({ mark, places: this.#places.places() });
  }

  /** The call of this number, if it has not ended and is among those shown. */
  find(id: number): PoolCall | undefined {
    for (const pool of this.#pools.list()) {
      // Others may have gone before it meanwhile.
      const call = pool.calls({ limit: 10 * CALLS_SHOWN }).find((one) => one.id === id);
      if (call !== undefined) return call;
    }
    return undefined;
  }

  #sample(): Sample {
    const loop = this.#loopDelay.take();
    this.#history.push(loop);
    if (this.#history.length > HISTORY) this.#history.shift();
    return {
      at: Date.now(),
      loop,
      pools: this.#pools
        .list()
        .slice(0, POOLS_SHOWN)
        .map((pool) => this.#describe(pool)),
      functions: this.#calls.functions().map(withShortName),
      slowest: this.#calls.slowest().map(withShortName),
    };
  }

  #describe(pool: WatchedPool): PoolSample {
    const { runTime, waitTime, perThread, stuck, ...counts } = pool.statistics();
    const threads: ThreadRow[] = perThread.map(({ name, calls, utilization }) => ({ name, calls, utilization }));
    const late = stuck.map(({ name, overdue }): ThreadRow => ({ name, calls: 0, utilization: 1, overdue }));
    const others = threads.filter(({ name }) => !late.some((thread) => thread.name === name));
    return {
      key: this.#keyOf(pool),
      name: pool.name,
      max: pool.max,
      ...counts,
      runTimes: countsOf(runTime),
      waitTimes: countsOf(waitTime),
      perThread: [...others, ...late].slice(0, THREADS_SHOWN),
      calls: pool.calls({ limit: CALLS_SHOWN }).map(rowOf),
    };
  }

  #keyOf(pool: WatchedPool): string {
    let key = this.#keys.get(pool);
    if (key === undefined) {
      key = `pool-${++this.#lastKey}`;
      this.#keys.set(pool, key);
    }
    return key;
  }
}

function rowOf({ id, functionName, pool, state, thread, age, runTime }: PoolCall): CallRow {
  return {
    id,
    functionName: short(functionName),
    pool,
    state,
    age,
    ...(thread === undefined ? {} : { thread }),
    ...(runTime === undefined ? {} : { runTime }),
  };
}

function countsOf({ buckets }: HistogramSnapshot): number[] {
  return buckets.map(({ count }) => count);
}

function withShortName<Row extends { readonly functionName: string }>(row: Row): Row {
  return { ...row, functionName: short(row.functionName) };
}

function short(name: string): string {
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;
}
