import type { Profiler, Session } from 'node:inspector';

/** How often the profiler looks, in milliseconds. */
export const SAMPLING_MS = 10;

/**
 * A sampling profiler that runs all the time and gives out what it has seen window by window, without a gap.
 *
 * To start V8's profiler costs as much as a walk over the heap, half a second in a program with millions of objects;
 * to start another profile while one runs, a fifth of a millisecond. So each window is a profile of its own, and the
 * next is begun before the last is ended.
 */
export class ProfileWindows {
  readonly #session: Session;
  readonly #console: Console;
  #current = '';
  #count = 0;
  #finished: Profiler.Profile | undefined;

  constructor() {
    const inspector = process.getBuiltinModule('node:inspector');
    this.#console = inspector.console as unknown as Console;
    this.#session = new inspector.Session();
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.setSamplingInterval', { interval: SAMPLING_MS * 1000 });
    this.#session.on('Profiler.consoleProfileFinished', ({ params }) => {
      if (params.title === this.#current) this.#finished = params.profile;
    });
    this.#begin();
  }

  /** What was seen since the last window ended. A new one has begun. */
  next(): Profiler.Profile | undefined {
    const ending = this.#current;
    this.#begin();
    const beginning = this.#current;
    this.#current = ending;
    this.#finished = undefined;
    this.#console.profileEnd(ending);
    this.#current = beginning;
    return this.#finished;
  }

  /** What was seen at last; the profiler is off. */
  stop(): Profiler.Profile | undefined {
    this.#finished = undefined;
    this.#console.profileEnd(this.#current);
    this.#session.disconnect();
    return this.#finished;
  }

  #begin(): void {
    this.#count += 1;
    this.#current = `heddle doctor ${process.pid}.${this.#count}`;
    this.#console.profile(this.#current);
  }
}
