import { Failure } from '../../defer/failure.ts';
import { type Callable, partsOfCallable } from '../callable/resolve.ts';
import { withoutAddress } from '../callable/without-address.ts';
import { ThreadInitError } from '../errors.ts';
import { UnsendableClosure } from '../connection/job-message.ts';
import type { SlotOutcome } from '../wire/channel/channel.ts';

/** The number by which it goes instead of a call's, which begin with 1. */
export const INIT = 0;

/** What a thread runs before its first job. */
export interface ThreadInit {
  readonly f: Function;
  readonly name: string;
  readonly callable: Callable | Promise<Callable>;
}

/** The one run of a pool's `initThread` in one thread. The thread's jobs wait for it. */
export class InitRun {
  readonly #name: string;
  readonly #ended: () => void;
  #state: 'running' | 'done' | 'failed' = 'running';
  #cause: unknown;
  /** Where it is in the thread. */
  slot = -1;

  /**
   * @param send sends the function to the thread, and gives the slot
   * @param ended is called once, when it has run or has failed; not in this turn
   */
  constructor({ f, name, callable }: ThreadInit, send: (callable: Callable) => number, ended: () => void) {
    this.#name = name;
    this.#ended = ended;
    Promise.resolve(callable)
      .then((found) => this.#send(f, found, send))
      .catch((error: unknown) => this.#fail(error instanceof UnsendableClosure ? error.reason : error));
  }

  get isRunning(): boolean {
    return this.#state === 'running';
  }

  get hasFailed(): boolean {
    return this.#state === 'failed';
  }

  completed(outcome: SlotOutcome, result: unknown): void {
    this.slot = -1;
    if (outcome !== 'value') return this.#fail(result);
    this.#state = 'done';
    return this.#ended();
  }

  /** What a call fails with whose thread this was to make ready. */
  errorFor(functionName: string): ThreadInitError {
    const cause = this.#cause;
    const reason = new Failure(cause).getErrorMessage();
    // Written where it is given to the pool, it is called like the option, or nothing at all where something is wrapped around it.
    const which = this.#name === 'initThread' || this.#name === '' ? '' : `, ${this.#name},`;
    return new ThreadInitError(
      `The thread for ${functionName} could not be made ready: the pool's initThread${which} failed (${reason}).`,
      { cause },
    );
  }

  async #send(f: Function, callable: Callable, send: (callable: Callable) => number): Promise<void> {
    try {
      this.slot = send(callable);
    } catch (error) {
      const { reference, values } = partsOfCallable(callable);
      const other = error instanceof UnsendableClosure && withoutAddress(f, reference, values, error.reason);
      if (!other) throw error;
      this.slot = send(await other);
    }
  }

  #fail(cause: unknown): void {
    this.#state = 'failed';
    this.#cause = cause;
    this.#ended();
  }
}
