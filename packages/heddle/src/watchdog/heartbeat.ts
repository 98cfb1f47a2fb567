import { PerformanceObserver } from 'node:perf_hooks';
import { beatInterval } from './beat-interval.ts';
import { type SharedState, sharedNow, Time, Word } from './shared-state.ts';

// As they were when this was loaded: a test's fake timers must not stop a watch.
const { setInterval, setImmediate, clearInterval } = globalThis;
const eventLoopUtilization = performance.eventLoopUtilization.bind(performance);

/** Writes down each time that the loop has turned, and how long garbage collections take. */
export class Heartbeat {
  readonly #state: SharedState;
  readonly #timer: NodeJS.Timeout;
  readonly #observer: PerformanceObserver;
  readonly #onBeat: () => void;

  /** @param onBeat is called before the watcher learns of a beat */
  constructor(state: SharedState, threshold: number, onBeat: () => void) {
    this.#state = state;
    this.#onBeat = onBeat;
    this.#write();
    state.times[Time.made] = sharedNow();
    // A timer alone would beat among other timers, and so while no event is heard. After an immediate the loop has
    // looked for events.
    this.#timer = setInterval(() => setImmediate(() => this.#beat()), beatInterval(threshold)).unref();
    this.#observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) state.times[Time.collecting] = this.collecting + duration;
    });
    this.#observer.observe({ entryTypes: ['gc'] });
  }

  get collecting(): number {
    return this.#state.times[Time.collecting] ?? 0;
  }

  /** How long ago the loop turned last, in milliseconds. */
  get age(): number {
    return sharedNow() - (this.#state.times[Time.beat] ?? 0);
  }

  /** Counts the end of the process as a turn of the loop. */
  beatLast(): void {
    this.#write();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#observer.disconnect();
  }

  #beat(): void {
    this.#onBeat();
    this.#write();
    const { words } = this.#state;
    Atomics.add(words, Word.beats, 1);
    Atomics.notify(words, Word.beats);
  }

  #write(): void {
    const { times } = this.#state;
    times[Time.idle] = eventLoopUtilization().idle;
    times[Time.beat] = sharedNow();
  }
}
