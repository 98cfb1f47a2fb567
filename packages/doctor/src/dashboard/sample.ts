// What the server tells its pages and `top`: plain data, without arguments, results and messages of errors.

/** Sent first to everybody who looks. */
export interface Hello {
  readonly program: Program;
  /** The loop so far, as far as somebody looked, oldest first. */
  readonly history: readonly LoopSample[];
  /** When the loop was blocked last, whether somebody looked or not, oldest first. */
  readonly blocks: readonly BlockMark[];
  readonly places: readonly BlockedPlace[];
  /** Whether calls can be cancelled by whoever asks: not without the token. */
  readonly mayCancel: boolean;
}

/** Whose dashboard it is. */
export interface Program {
  readonly name: string;
  readonly pid: number;
  /** Node's version, such as `v24.1.0`. */
  readonly node: string;
  /** When the process started, as `Date.now()` counts. */
  readonly started: number;
}

/** Sent once a second. */
export interface Sample {
  /** When it was taken, as `Date.now()` counts. */
  readonly at: number;
  readonly loop: LoopSample;
  readonly pools: readonly PoolSample[];
  readonly functions: readonly FunctionRow[];
  readonly slowest: readonly SlowCall[];
}

/** Sent when the loop was blocked. */
export interface Blocked {
  readonly mark: BlockMark;
  readonly places: readonly BlockedPlace[];
}

/** How long callbacks waited for the loop in the last second, in milliseconds. */
export interface LoopSample {
  readonly at: number;
  readonly median: number;
  readonly p90: number;
  readonly longest: number;
  /** The part of the time in which the loop had something to do, from 0 to 1. */
  readonly utilization: number;
}

export interface PoolSample {
  /** Tells pools of the same name apart. */
  readonly key: string;
  readonly name: string;
  readonly max: number;
  readonly threads: number;
  readonly idle: number;
  readonly busy: number;
  readonly backlog: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly refused: number;
  /** Counts of calls whose time was up to 1 µs, 2 µs, 4 µs and so on; the last of all that took longer. */
  readonly runTimes: readonly number[];
  readonly waitTimes: readonly number[];
  readonly perThread: readonly ThreadRow[];
  /** The calls that run, and the first of those that wait. */
  readonly calls: readonly CallRow[];
}

export interface ThreadRow {
  readonly name: string;
  readonly calls: number;
  /** The part of its life in which it ran calls, from 0 to 1. */
  readonly utilization: number;
  /** For how many milliseconds it has gone on since it was told to end. */
  readonly overdue?: number;
}

export interface CallRow {
  readonly id: number;
  readonly functionName: string;
  readonly pool: string;
  readonly state: 'waiting' | 'running' | 'given up';
  readonly thread?: string;
  /** Milliseconds since the call was made. */
  readonly age: number;
  /** Milliseconds that it has been running, where it has begun. */
  readonly runTime?: number;
}

/** What is known of all recent calls of a function in a pool. */
export interface FunctionRow {
  readonly functionName: string;
  readonly pool: string;
  readonly count: number;
  readonly failed: number;
  readonly cancelled: number;
  /** How many of them have a time: those that a thread has answered, or had for as long as they may take. */
  readonly timed: number;
  /** Milliseconds in threads, of all calls and of the longest. */
  readonly total: number;
  readonly longest: number;
}

export interface SlowCall {
  readonly id: number;
  readonly functionName: string;
  readonly pool: string;
  /** When it ended, as `Date.now()` counts. */
  readonly ended: number;
  readonly runTime: number;
  readonly waitTime: number;
  readonly outcome: 'completed' | 'failed' | 'cancelled';
  /** Name and code of the error; never its message, which may hold what nobody should read. */
  readonly error?: string;
}

export interface BlockMark {
  /** When the loop stopped turning, as `Date.now()` counts. */
  readonly at: number;
  readonly duration: number;
}

/** A place in the code that has blocked the loop. */
export interface BlockedPlace {
  readonly key: string;
  readonly text: string;
  readonly kind: string;
  readonly count: number;
  /** Milliseconds, of all times and of the longest. */
  readonly total: number;
  readonly longest: number;
  /** When it blocked last, as `Date.now()` counts. */
  readonly last: number;
  /** Of the longest time, innermost first. */
  readonly stack: readonly PlaceFrame[];
}

export interface PlaceFrame {
  readonly functionName: string;
  /** Relative to the program's folder where it is in there. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly origin: 'own' | 'package' | 'node' | 'heddle';
}
