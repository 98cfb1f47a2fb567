import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { inspect } from 'node:util';
import { Failure } from '../defer/failure.ts';
import { ThreadExitError } from './errors.ts';
import type { Job, JobHolder } from './job.ts';
import type { CompletePoolOptions } from './options.ts';
import type { JobMessage, OutcomeMessage, ThreadData, ThreadMessage } from './wire/messages.ts';
import { pack } from './wire/pack.ts';
import type { FunctionReference } from './wire/reference.ts';
import { UnclonableError } from './wire/unclonable-error.ts';
import { unpack } from './wire/unpack.ts';

// The build puts this module at the top of dist/, and the thread's side into a CommonJS file of its own.
const entry: URL = new URL('./threads/entry/thread.cjs', import.meta.url);

/** Whoever gives a thread its jobs. */
export interface ThreadOwner {
  /** The thread has started and, once per job, has no job any more. */
  threadIsIdle(thread: Thread): void;
  /** The thread is gone. */
  threadHasEnded(thread: Thread): void;
}

/**
 * The reactor's side of one thread: at most one job at a time, and an answer
 * for that job whatever becomes of the thread.
 */
export class Thread implements JobHolder {
  readonly #owner: ThreadOwner;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  /** The numbers of the functions that this thread has loaded. */
  readonly #functionIds = new Map<FunctionReference, number>();
  #lastFunctionId = 0;
  #job: Job | undefined;
  /** Whether the thread has been told of its job: until then the job can be taken back. */
  #sent = false;
  #crash: { readonly error: unknown } | undefined;
  #ending = false;
  #started = false;
  /** When the thread last became idle, in `performance.now()` milliseconds. */
  idleSince = 0;

  /** @throws whatever Node's `Worker` finds wrong with the options */
  constructor(owner: ThreadOwner, name: string, { resourceLimits }: CompletePoolOptions) {
    this.#owner = owner;
    const { port1, port2 } = new MessageChannel();
    const workerData: ThreadData = { port: port2 };
    this.#worker = new Worker(entry, {
      name,
      workerData,
      transferList: [port2],
      ...(resourceLimits === undefined ? {} : { resourceLimits }),
    });
    this.#port = port1;
    port1.on('message', (message: ThreadMessage) => this.#receive(message));
    port1.on('messageerror', (error) => this.#settleJob(new Failure(unreadable(error))));
    this.#worker.on('error', (error: unknown) => {
      this.#crash = { error };
    });
    this.#worker.on('exit', (exitCode) => this.#ended(exitCode));
    // The pool keeps the process while it has work; a thread as such does not.
    port1.unref();
    this.#worker.unref();
  }

  get job(): Job | undefined {
    return this.#job;
  }

  /** Whether the thread has got as far as to take work, and has not ended. */
  get started(): boolean {
    return this.#started;
  }

  /** Gives the thread a job. It may still be starting. */
  run(job: Job): void {
    job.holder = this;
    this.#job = job;
    this.#sent = false;
    const reference = job.reference;
    if (!(reference instanceof Promise)) return this.#send(job, reference);
    reference.then(
      (found) => this.#send(job, found),
      (error: unknown) => {
        this.#done(job);
        job.settle(new Failure(error));
      },
    );
  }

  /** Gives up a job. A thread that already works on it cannot be asked to stop, so it is ended. */
  release(job: Job): void {
    if (this.#job !== job) return;
    job.holder = undefined;
    if (this.#sent) this.end();
    else this.#done(job);
  }

  /** Ends the thread, whatever it is doing. */
  end(): void {
    if (this.#ending) return;
    this.#ending = true;
    void this.#worker.terminate();
  }

  #send(job: Job, reference: FunctionReference): void {
    if (this.#job !== job || this.#ending) return;
    try {
      const { payload, transfer } = pack(job.args, 'args');
      this.#port.postMessage(this.#describe(job, reference, payload), transfer);
      this.#sent = true;
    } catch (error) {
      this.#functionIds.delete(reference);
      job.refuse(error instanceof UnclonableError ? error : unsendable(job, error));
      this.#done(job);
    }
  }

  #describe(job: Job, reference: FunctionReference, args: JobMessage['args']): JobMessage {
    const known = this.#functionIds.get(reference);
    if (known !== undefined) return { job: job.id, functionId: known, args };
    const functionId = ++this.#lastFunctionId;
    this.#functionIds.set(reference, functionId);
    return { job: job.id, functionId, reference, args };
  }

  #receive(message: ThreadMessage): void {
    if ('ready' in message) this.#started = true;
    else if (message.outcome === 'unreadable' || message.job === this.#job?.id)
      this.#settleJob(this.#resultOf(message));
  }

  #resultOf({ outcome, payload }: OutcomeMessage): unknown {
    // A function that could not be loaded may be there the next time.
    if (outcome === 'unloadable') this.#functionIds.clear();
    return outcome === 'value' ? unpack(payload) : new Failure(unpack(payload));
  }

  #settleJob(result: unknown): void {
    const job = this.#job;
    if (job === undefined) return;
    // The thread is free before the callbacks run: they may have the next call to make.
    this.#done(job);
    job.settle(result);
  }

  #done(job: Job): void {
    if (this.#job !== job) return;
    this.#job = undefined;
    if (!this.#ending) this.#owner.threadIsIdle(this);
  }

  #ended(exitCode: number): void {
    this.#ending = true;
    // The thread may have answered before it ended.
    for (let left = receiveMessageOnPort(this.#port); left !== undefined; left = receiveMessageOnPort(this.#port)) {
      this.#receive(left.message as ThreadMessage);
    }
    this.#port.close();
    const job = this.#job;
    this.#job = undefined;
    if (job !== undefined) job.settle(new Failure(this.#exitError(job, exitCode)));
    else if (this.#crash !== undefined) warnOfCrash(this.#crash.error);
    this.#owner.threadHasEnded(this);
  }

  #exitError(job: Job, exitCode: number): ThreadExitError {
    const reason = this.#crash === undefined ? `with exit code ${exitCode}` : describeCrash(this.#crash.error);
    const message = `The thread that ran ${job.functionName} ended ${reason} before the call had a result.`;
    return new ThreadExitError(message, exitCode, this.#crash === undefined ? {} : { cause: this.#crash.error });
  }
}

/** Something that an earlier job left behind has failed: no call is there to tell. */
function warnOfCrash(error: unknown): void {
  process.emitWarning(`A thread ended ${describeCrash(error)} while it had no call to answer.`, {
    code: 'HEDDLE_THREAD_EXIT',
    detail: error instanceof Error ? (error.stack ?? '') : inspect(error),
  });
}

function describeCrash(error: unknown): string {
  if ((error as NodeJS.ErrnoException | null)?.code === 'ERR_WORKER_OUT_OF_MEMORY')
    return 'because it ran out of memory';
  return `by an uncaught error (${error instanceof Error ? error.message : String(error)})`;
}

function unreadable(error: unknown): UnclonableError {
  return new UnclonableError('The result could not be read in this thread.', { cause: error });
}

/** Structured clone itself found something that looking at the prototypes does not show, such as a detached buffer. */
function unsendable(job: Job, error: unknown): UnclonableError {
  const reason = error instanceof Error ? error.message : String(error);
  return new UnclonableError(`The arguments of ${job.functionName} cannot be sent to another thread: ${reason}`, {
    cause: error,
  });
}
