import { AsyncResource } from 'node:async_hooks';
import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  type ResourceLimits,
  Worker,
} from 'node:worker_threads';
import { entryModuleFiles } from './callable/entry-module.ts';
import { honoursSourceMaps } from './callable/source-maps-enabled.ts';
import { refuseSecondRun } from './wire/second-run.ts';
import type { ConnectionListener, ThreadConnection, ThreadCrash } from './connection.ts';
import { threadEntry } from './thread-entry.ts';
import type { JobMessage, ThreadData, ThreadMessage } from './wire/messages.ts';

/** A thread outlives the call that it is made for, and must not keep that call's async context. */
const outsideOfCalls = new AsyncResource('HeddleThreads', { requireManualDestroy: true });

/** What Node's Worker is told. */
export interface WorkerOptions {
  readonly name: string;
  readonly resourceLimits: ResourceLimits | undefined;
}

/** A thread made of a Worker, reached by a message port of our own: the parent port is left to the user's code. */
export class WorkerConnection implements ThreadConnection {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #listener: ConnectionListener;
  readonly #begun = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  #crash: ThreadCrash | undefined;

  /** @throws ThreadEntryMissingError, and whatever Node finds wrong with the options */
  constructor(listener: ConnectionListener, { name, resourceLimits }: WorkerOptions) {
    refuseSecondRun();
    const entry = threadEntry();
    this.#listener = listener;
    const { port1, port2 } = outsideOfCalls.runInAsyncScope(() => new MessageChannel());
    const workerData: ThreadData = {
      port: port2,
      begun: this.#begun,
      entryFiles: entryModuleFiles(),
      sourceMaps: honoursSourceMaps(),
    };
    const options = {
      name,
      workerData,
      transferList: [port2],
      ...(resourceLimits === undefined ? {} : { resourceLimits }),
    };
    this.#worker = outsideOfCalls.runInAsyncScope(() => new Worker(entry, options));
    this.#port = port1;
    port1.on('message', (message: ThreadMessage) => listener.received(message));
    port1.on('messageerror', (error) => listener.unreadable(error));
    this.#worker.on('error', (error: unknown) => {
      this.#crash = { error };
    });
    this.#worker.on('exit', (exitCode) => this.#ended(exitCode));
    // The pool keeps the process while it has work; a thread as such does not.
    port1.unref();
    this.#worker.unref();
  }

  get lastBegun(): number {
    return Atomics.load(this.#begun, 0);
  }

  post(message: JobMessage, transfer: readonly ArrayBuffer[]): void {
    this.#port.postMessage(message, transfer);
  }

  end(): void {
    void this.#worker.terminate();
  }

  #ended(exitCode: number): void {
    // The thread may have answered before it ended.
    for (let left = receiveMessageOnPort(this.#port); left !== undefined; left = receiveMessageOnPort(this.#port)) {
      this.#listener.received(left.message as ThreadMessage);
    }
    this.#port.close();
    this.#listener.ended(exitCode, this.#crash);
  }
}
