import type { EventLoopUtilization, PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { clearInterval, now, setImmediate, setInterval } from '../defer/node-timers.ts';
import { beatInterval } from './beat-interval.ts';
import { type SharedState, Time, Word } from './shared-state.ts';

/** Writes down each time that the loop has turned, and how long garbage collections take. */
export class Heartbeat {
  readonly #state: SharedState;
  readonly #timer: NodeJS.Timeout;
  readonly #observer: PerformanceObserver;
  readonly #onBeat: () => void;
  readonly #utilization: () => EventLoopUtilization;
  readonly #usage: () => NodeJS.CpuUsage = process.cpuUsage.bind(process);

  /** @param onBeat is called before the watcher learns of a beat */
  constructor(state: SharedState, threshold: number, onBeat: () => void) {
    // Node loads ten modules for it, which programs without a watchdog need not wait for.
    const hooks = process.getBuiltinModule('node:perf_hooks');
    this.#state = state;
    this.#onBeat = onBeat;
    this.#utilization = hooks.performance.eventLoopUtilization.bind(hooks.performance);
    this.#write();
    state.times[Time.made] = now();
    // A timer alone would beat among other timers, and so while no event is heard. After an immediate the loop has
    // looked for events.
    this.#timer = setInterval(() => setImmediate(() => this.#beat()), beatInterval(threshold)).unref();
    this.#observer = new hooks.PerformanceObserver((list) => this.#addCollections(list.getEntries()));
    this.#observer.observe({ entryTypes: ['gc'] });
  }

  /** How long ago the loop turned last, in milliseconds. */
  get age(): number {
    return now() - (this.#state.times[Time.beat] ?? 0);
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
    // Node has noted by now what happened before this immediate, and would tell of it some turns later.
    this.#addCollections(this.#observer.takeRecords());
    this.#onBeat();
    this.#write();
    const { words } = this.#state;
    Atomics.add(words, Word.beats, 1);
    Atomics.notify(words, Word.beats);
  }

  #addCollections(entries: readonly PerformanceEntry[]): void {
    const { times } = this.#state;
    for (const { duration } of entries) times[Time.collecting] = (times[Time.collecting] ?? 0) + duration;
  }

  #write(): void {
    const { times } = this.#state;
    const { user, system } = this.#usage();
    times[Time.idle] = this.#utilization().idle;
    times[Time.processor] = (user + system) / 1000;
    times[Time.beat] = now();
  }
}
