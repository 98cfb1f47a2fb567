import { ProcessorWait } from './processor-wait.ts';

// Taken before the program can put others in their place, as tests do that play with time.
const { setInterval, clearInterval, setImmediate } = globalThis;

/** The time between two turns of the loop, in milliseconds on the scale of `process.hrtime()`. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  /** How much of it the thread waited for a processor; `undefined` where nobody knows. */
  readonly starved: number | undefined;
  /** Whether the loop has not turned before. */
  readonly isFirst: boolean;
}

/** Milliseconds on a scale that nobody sets, the profiler's too. */
export function monotonic(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Notices when the loop turns late, and keeps neither the loop nor the process busy. */
export class LoopTurns {
  readonly #limit: number;
  readonly #onLate: (gap: Gap) => void;
  readonly #onSecond: (longest: number) => void;
  readonly #beat: NodeJS.Timeout;
  readonly #wait = new ProcessorWait();
  #last = monotonic();
  #waited = this.#wait.milliseconds();
  #isFirst = true;
  #longest = 0;
  #second = this.#last;

  /**
   * @param limit milliseconds between two turns
   * @param onTurn at every turn that is looked at
   * @param onSecond the longest time between two turns, about every second
   */
  constructor(limit: number, onTurn: () => void, onLate: (gap: Gap) => void, onSecond: (longest: number) => void) {
    this.#limit = limit;
    this.#onLate = onLate;
    this.#onSecond = onSecond;
    // A timer alone would be on time in a storm of timers, where the loop does not turn.
    const turned = (): void => {
      onTurn();
      this.#turned();
    };
    this.#beat = setInterval(() => setImmediate(turned).unref(), Math.min(20, Math.max(5, limit / 2)));
    this.#beat.unref();
  }

  /** Since when the loop has not turned. */
  unfinished(): Gap {
    const waited = this.#wait.milliseconds();
    const starved = waited === undefined || this.#waited === undefined ? undefined : waited - this.#waited;
    return { from: this.#last, to: monotonic(), starved, isFirst: this.#isFirst };
  }

  stop(): void {
    clearInterval(this.#beat);
  }

  #turned(): void {
    const gap = this.unfinished();
    if (gap.to - gap.from > this.#limit) this.#onLate(gap);
    if (!gap.isFirst) this.#longest = Math.max(this.#longest, gap.to - gap.from);
    this.#isFirst = false;
    if (gap.to - this.#second >= 1000) {
      this.#onSecond(this.#longest);
      this.#second = gap.to;
      this.#longest = 0;
    }
    // What was done about it is not the program's delay.
    this.#last = monotonic();
    this.#waited = this.#wait.milliseconds();
  }
}
