import { inspect } from 'node:util';
import { Failure } from '../defer/failure.ts';
import { CapturedCall } from './callable/capture/captured-call.ts';
import { type Callable, resolveWithoutAddress } from './callable/resolve.ts';
import type { Connect, ThreadConnection, ThreadCrash } from './connection.ts';
import { ThreadExitError } from './errors.ts';
import type { Job } from './job.ts';
import type { PoolThread, ThreadOwner } from './pool-thread.ts';
import type { JobMessage, OutcomeMessage, ThreadMessage } from './wire/messages.ts';
import { CallableError } from './wire/callable-error.ts';
import { CodecError } from './wire/codec-error.ts';
import { pack } from './wire/pack.ts';
import type { Parcel } from './wire/payload.ts';
import type { FunctionReference } from './wire/reference.ts';
import { UnclonableError } from './wire/unclonable-error.ts';
import { unpack } from './wire/unpack.ts';

/**
 * The reactor's side of one thread: at most one job at a time, and an answer
 * for that job whatever becomes of the thread.
 */
export class Thread implements PoolThread {
  readonly #owner: ThreadOwner;
  readonly #connection: ThreadConnection;
  /** The numbers of the functions that this thread has loaded. */
  readonly #functionIds = new Map<FunctionReference, number>();
  #lastFunctionId = 0;
  #job: Job | undefined;
  /** The function that the thread has been told to run. Until it has been, its job can be taken back. */
  #sent: FunctionReference | undefined;
  #hasAnswered = false;
  #ending = false;
  #started = false;
  idleSince = 0;

  /** @throws whatever stands in the way of making the thread */
  constructor(owner: ThreadOwner, connect: Connect) {
    this.#owner = owner;
    this.#connection = connect({
      received: (message) => this.#receive(message),
      unreadable: (error) => this.#settleJob(new Failure(unreadable(error))),
      ended: (exitCode, crash) => this.#ended(exitCode, crash),
    });
  }

  get job(): Job | undefined {
    return this.#job;
  }

  get started(): boolean {
    return this.#started;
  }

  run(job: Job): void {
    job.holder = this;
    this.#job = job;
    this.#sent = undefined;
    this.#sendWhenFound(job, job.callable);
  }

  #sendWhenFound(job: Job, callable: Callable | Promise<Callable>): void {
    if (!(callable instanceof Promise)) return this.#send(job, callable);
    callable.then(
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
    if (this.#sent !== undefined) this.end();
    else this.#done(job);
  }

  end(): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#owner.threadIsEnding(this);
    this.#connection.end();
  }

  #send(job: Job, callable: Callable): void {
    if (this.#job !== job || this.#ending) return;
    const reference = callable instanceof CapturedCall ? callable.reference : callable;
    const known = this.#functionIds.get(reference);
    const functionId = known ?? ++this.#lastFunctionId;
    try {
      const { payload, transfer } = pack(job.args, 'args');
      const values = callable instanceof CapturedCall && callable.values.length > 0 ? callable.values : undefined;
      const captured = values && this.#packCaptured(values, job, callable as CapturedCall);
      if (captured === null) return;
      // A getter among the arguments may have cancelled the call.
      if (this.#job !== job) return;
      const message: JobMessage = {
        job: job.id,
        functionId,
        args: payload,
        ...(known === undefined ? { reference } : {}),
        ...(captured === undefined ? {} : { captured: captured.payload }),
      };
      this.#connection.post(message, captured === undefined ? transfer : [...transfer, ...captured.transfer]);
      this.#functionIds.set(reference, functionId);
      this.#sent = reference;
    } catch (error) {
      job.refuse(isReadable(error) ? error : unsendable(job, error));
      this.#done(job);
    }
  }

  /** The values of a closure made ready; null where another way to the function has been taken because of them. */
  #packCaptured(values: readonly unknown[], job: Job, { reference }: CapturedCall): Parcel | null {
    try {
      return pack(values, 'captured');
    } catch (error) {
      if (reference.kind !== 'factory' || !(error instanceof UnclonableError)) throw error;
      this.#sendWhenFound(job, resolveWithoutAddress(job.f, error));
      return null;
    }
  }

  #receive(message: ThreadMessage): void {
    if ('ready' in message) this.#started = true;
    else if (message.outcome === 'unreadable' || message.job === this.#job?.id)
      this.#settleJob(this.#resultOf(message));
  }

  #resultOf({ outcome, payload }: OutcomeMessage): unknown {
    // The thread does not know the function: it could not load it, which may change, or could not read of it.
    if ((outcome === 'unloadable' || outcome === 'unreadable') && this.#sent) this.#functionIds.delete(this.#sent);
    try {
      const value = unpack(payload);
      return outcome === 'value' ? value : new Failure(value);
    } catch (error) {
      // The codec of an instance in the result: it is the user's code, and may be missing here.
      return new Failure(error);
    }
  }

  #settleJob(result: unknown): void {
    const job = this.#job;
    if (job === undefined) return;
    this.#hasAnswered = true;
    // The thread is free before the callbacks run: they may have the next call to make.
    this.#done(job);
    job.settle(result);
  }

  #done(job: Job): void {
    if (this.#job !== job) return;
    this.#job = undefined;
    if (!this.#ending) this.#owner.threadIsIdle(this);
  }

  #ended(exitCode: number, crash: ThreadCrash | undefined): void {
    this.#ending = true;
    const job = this.#job;
    this.#job = undefined;
    const diedBefore = job === undefined || this.#cannotHaveBegun(job);
    if (!diedBefore) job.settle(new Failure(exitError(job, exitCode, crash)));
    else if (crash !== undefined) warnOfCrash(crash.error);
    if (diedBefore && job !== undefined) this.#owner.jobHasNotBegun(job);
    this.#owner.threadHasEnded(this);
  }

  /** Never so of a thread's first job: it may be that no thread can take it, and each one given it would die. */
  #cannotHaveBegun(job: Job): boolean {
    if (job.settled || !this.#hasAnswered) return false;
    return this.#sent === undefined || this.#connection.lastBegun !== (job.id | 0);
  }
}

/** Whether an error says by itself what cannot be sent. */
function isReadable(error: unknown): boolean {
  return error instanceof UnclonableError || error instanceof CodecError || error instanceof CallableError;
}

function exitError(job: Job, exitCode: number, crash: ThreadCrash | undefined): ThreadExitError {
  const reason = crash === undefined ? `with exit code ${exitCode}` : describeCrash(crash.error);
  const message = `The thread that ran ${job.functionName} ended ${reason} before the call had a result.`;
  return new ThreadExitError(message, exitCode, crash === undefined ? {} : { cause: crash.error });
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
  return `by an uncaught error (${error instanceof Error ? error.message : inspect(error)})`;
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
