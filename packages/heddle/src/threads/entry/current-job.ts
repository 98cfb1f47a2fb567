import type { AsyncLocalStorage } from 'node:async_hooks';
import { type Inside, provideInside } from '../wire/inside.ts';
import type { JobDemand } from '../wire/job-demand.ts';
import { ReactorCalls, type ReactorLine } from './reactor-calls.ts';
import { RunningJob } from './running-job.ts';

/**
 * Which job the running code belongs to. Where a thread has one job at a time, its slot tells; what an earlier job
 * left behind (a timer, a promise), and jobs that share the thread, are told apart by async context, which is only
 * kept where somebody has loaded `heddle/thread` to ask.
 */
export class CurrentJobs implements Inside {
  readonly isThread: boolean = true;
  readonly #demandFor: (slot: number) => JobDemand;
  /** The job that has been called last, while it runs. */
  #slot = -1;
  /** What has been made for the jobs that run, because somebody asked, by their slots. */
  readonly #running = new Map<number, RunningJob>();
  #storage: AsyncLocalStorage<RunningJob> | undefined;
  readonly reactor: ReactorCalls;

  /** @param demandFor how much the caller of the job in a slot wants of it still */
  constructor(demandFor: (slot: number) => JobDemand, line: ReactorLine) {
    this.#demandFor = demandFor;
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
    return this.#jobIn(this.#slot);
  }

  /** Calls `f` as the job in this slot, which runs until {@link end}. */
  call(slot: number, f: Function, receiver: unknown, args: unknown[]): unknown {
    this.#slot = slot;
    if (this.#storage === undefined) return Reflect.apply(f, receiver, args);
    return this.#storage.run(this.#jobIn(slot), () => Reflect.apply(f, receiver, args));
  }

  end(slot: number): void {
    if (this.#slot === slot) this.#slot = -1;
    if (this.#running.size === 0) return;
    this.#running.get(slot)?.end();
    this.#running.delete(slot);
  }

  /** Looks which jobs have been cancelled, for those that wait for that. */
  look(): void {
    for (const job of this.#running.values()) job.look();
  }

  #jobIn(slot: number): RunningJob {
    let job = this.#running.get(slot);
    if (job === undefined) {
      job = new RunningJob(slot, () => this.#demandFor(slot));
      this.#running.set(slot, job);
    }
    return job;
  }
}
