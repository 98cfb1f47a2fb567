import { AsyncResource } from 'node:async_hooks';
import { MessageChannel, type MessagePort, type ResourceLimits, Worker } from 'node:worker_threads';
import { entryModuleFiles } from './callable/entry-module.ts';
import type { ConnectionListener, OutgoingJob, Progress, ThreadConnection, ThreadCrash } from './connection.ts';
import { JobSlots } from './job-slots.ts';
import { Channel, SLOTS } from './wire/channel.ts';
import { type BellMessage, type ThreadData, tell } from './wire/messages.ts';
import { refuseSecondRun } from './wire/second-run.ts';

// The build puts this module at the top of dist/, and the thread's side into a CommonJS file of its own.
const entry: URL = new URL('./threads/entry/thread.cjs', import.meta.url);

/** A thread outlives the call that it is made for, and must not keep that call's async context. */
const outsideOfCalls = new AsyncResource('HeddleThreads', { requireManualDestroy: true });

/** What Node's Worker is told. */
export interface WorkerOptions {
  readonly name: string;
  readonly resourceLimits: ResourceLimits | undefined;
}

/** A thread made of a Worker, reached by memory and ports of our own: the parent port is left to the user's code. */
export class WorkerConnection implements ThreadConnection {
  readonly capacity: number = SLOTS;
  readonly #worker: Worker;
  readonly #channel = new Channel();
  readonly #slots: JobSlots;
  readonly #bell: MessagePort;
  readonly #listener: ConnectionListener;
  #crash: ThreadCrash | undefined;

  /** @throws whatever Node finds wrong with the options */
  constructor(listener: ConnectionListener, { name, resourceLimits }: WorkerOptions) {
    refuseSecondRun();
    this.#listener = listener;
    const bells = outsideOfCalls.runInAsyncScope(() => new MessageChannel());
    const values = outsideOfCalls.runInAsyncScope(() => new MessageChannel());
    const workerData: ThreadData = {
      memory: this.#channel.memory,
      bell: bells.port2,
      values: values.port2,
      entryFiles: entryModuleFiles(),
    };
    const options = {
      name,
      workerData,
      transferList: [bells.port2, values.port2],
      ...(resourceLimits === undefined ? {} : { resourceLimits }),
    };
    this.#worker = outsideOfCalls.runInAsyncScope(() => new Worker(entry, options));
    this.#bell = bells.port1;
    this.#slots = new JobSlots(this.#channel, values.port1, (slot, outcome, result, microseconds, beganAt) =>
      listener.completed(slot, outcome, result, microseconds, beganAt),
    );
    this.#bell.on('message', (message: BellMessage) => {
      if (message === 'ready') listener.started();
      else this.#slots.look();
    });
    this.#worker.on('error', (error: unknown) => {
      this.#crash = { error };
    });
    this.#worker.on('exit', (exitCode) => this.#ended(exitCode));
    // The pool keeps the process while it has work; a thread as such does not.
    this.#bell.unref();
    this.#worker.unref();
  }

  submit(job: OutgoingJob): number {
    const slot = this.#slots.submit(job);
    if (this.#channel.threadBell.ring() === 'message') tell(this.#bell, 'ring');
    return slot;
  }

  withdraw(slot: number): boolean {
    return this.#slots.withdraw(slot);
  }

  progressOf(slot: number): Progress {
    return this.#slots.progressOf(slot);
  }

  runTimeOf(slot: number): number {
    return this.#slots.runTimeOf(slot);
  }

  end(): void {
    void this.#worker.terminate();
  }

  #ended(exitCode: number): void {
    // The thread may have answered before it ended.
    this.#slots.close();
    this.#slots.deliver();
    this.#bell.close();
    this.#listener.ended(exitCode, this.#crash);
  }
}
