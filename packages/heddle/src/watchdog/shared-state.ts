/** Words of the memory that a loop and its watcher share. */
export const Word = {
  /** One of {@link SessionState}. */
  session: 0,
  /** How often the loop has turned since the watch began, as far as anybody counts. */
  beats: 1,
  /** One of {@link Wish}: what the watcher waits on between two looks. */
  wish: 2,
  /** 1 when the watcher has done what it was to do before the process ends. */
  done: 3,
  /** 1 from when the watcher has found the loop blocked until it has reported that. */
  busy: 4,
  /** What the watcher asks the loop's thread: which of its samples this is, … */
  askedSample: 5,
  /** … how often the loop had turned when it was blocked, … */
  askedBeats: 6,
  /** … and whether a callback of `process.nextTick` is to be noted. */
  askedForTick: 7,
} as const;

/** Whether the watcher has a session with the loop's inspector: none may be open when the process ends. */
export const SessionState = { closed: 0, open: 1, forbidden: 2 } as const;

/** What the watcher is to do. */
export const Wish = { watch: 0, stop: 1, finish: 2 } as const;

/** Times of Heddle's clock, and sums of milliseconds. */
export const Time = {
  /** When the loop turned last. */
  beat: 0,
  /** How long the loop has waited for events until then, in all. */
  idle: 1,
  /** How long garbage collections have taken, in all. */
  collecting: 2,
  /** When promises' callbacks ran last that were there to be run since the watcher had asked for them. */
  microtask: 3,
  /** The same for `process.nextTick`. */
  tick: 4,
  /** When the watch was made. */
  made: 5,
  /** How long the process's threads have had a processor until the loop turned last, in all. */
  processor: 6,
} as const;

/** The memory itself. */
export interface SharedState {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly times: Float64Array<SharedArrayBuffer>;
}

export function createSharedState(): SharedState {
  return {
    words: new Int32Array(new SharedArrayBuffer(4 * Object.keys(Word).length)),
    times: new Float64Array(new SharedArrayBuffer(8 * Object.keys(Time).length)),
  };
}
