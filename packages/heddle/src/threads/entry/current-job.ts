import type { AsyncLocalStorage } from 'node:async_hooks';
import { type Inside, provideInside } from '../wire/inside.ts';
import { ReactorCalls, type ReactorLine } from './reactor-calls.ts';
import { RunningJob } from './running-job.ts';

/**
 * Which job the running code belongs to. A thread has one job at a time, so that mostly its slot tells; what an
 * earlier job left behind (a timer, a promise) is told apart by async context, which is only kept where somebody
 * has loaded `heddle/thread` to ask.
 */
export class CurrentJobs implements Inside {
  readonly isThread: boolean = true;
  readonly #isGivenUp: (slot: number) => boolean;
  #slot = -1;
  /** What has been made for the job that runs, because somebody asked. */
  #running: RunningJob | undefined;
  #storage: AsyncLocalStorage<RunningJob> | undefined;

  readonly reactor: ReactorCalls;

  /** @param isGivenUp whether the caller of the job in a slot has given it up */
  constructor(isGivenUp: (slot: number) => boolean, line: ReactorLine) {
    this.#isGivenUp = isGivenUp;
    this.reactor = new ReactorCalls(line, () => this.currentJob());
    provideInside(this);
  }

  followJobs(): void {
    if (this.#storage !== undefined) return;
    const { AsyncLocalStorage: Storage } = process.getBuiltinModule('node:async_hooks');
    this.#storage = new Storage();
  }

  currentJob(): RunningJob | undefined {
    const followed = this.#storage?.getStore();
    if (followed !== undefined || this.#slot < 0) return followed;
    return this.#make();
  }

  /** Calls `f` as the job in this slot, which runs until {@link end}. */
  call(slot: number, f: Function, receiver: unknown, args: unknown[]): unknown {
    this.#slot = slot;
    if (this.#storage === undefined) return Reflect.apply(f, receiver, args);
    return this.#storage.run(this.#make(), () => Reflect.apply(f, receiver, args));
  }

  end(): void {
    this.#running?.end();
    this.#running = undefined;
    this.#slot = -1;
  }

  /** Looks whether the job has been cancelled, for those that wait for that. */
  look(): void {
    this.#running?.look();
  }

  #make(): RunningJob {
    const slot = this.#slot;
    this.#running ??= new RunningJob(() => this.#isGivenUp(slot));
    return this.#running;
  }
}
