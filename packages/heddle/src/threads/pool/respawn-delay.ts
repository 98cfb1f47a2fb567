import type { ScheduledCall } from '../../defer/clock.ts';
import type { StartFailure } from '../pool-thread/pool-thread.ts';

/** The first failure is followed by a new thread at once: it may have been a single mishap. */
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 30_000;
/** A start that takes longer, in milliseconds, may be a slow one, or one that will never be over. */
const LEAST_PATIENCE_MS = 1000;

const NONE: StartFailure = () => undefined;

/**
 * Keeps threads that cannot even start from being made again and again: from the second failure in a row on, there is a
 * pause before the next try, which doubles each time. Until a thread has answered a call, one is tried at a time; but
 * where that hangs as it starts, another is tried beside it after as long as the pause would be, and at least a second.
 */
export class RespawnDelay {
  readonly #callLater: (milliseconds: number, f: () => void) => ScheduledCall;
  readonly #mayTryAgain: () => void;
  /** Threads that are not ready yet, and have not been given up. */
  readonly #starting = new Set<object>();
  readonly #failuresBefore = new WeakMap<object, number>();
  #failures = 0;
  #pause: ScheduledCall | undefined;
  /** Runs while no other thread is made because some are starting. */
  #patience: ScheduledCall | undefined;
  #failure: StartFailure = NONE;

  /** @param mayTryAgain is called when threads may be made again */
  constructor(callLater: (milliseconds: number, f: () => void) => ScheduledCall, mayTryAgain: () => void) {
    this.#callLater = callLater;
    this.#mayTryAgain = mayTryAgain;
  }

  /** Whether there may be another thread: what could not start is tried again by one thread at a time. */
  get mayMakeThread(): boolean {
    return this.#failures === 0 || (this.#pause === undefined && this.#starting.size === 0);
  }

  get isPausing(): boolean {
    return this.#pause !== undefined;
  }

  /** What the last thread failed with, for a call that has none to wait for; none since one has answered. */
  get failure(): StartFailure {
    return this.#failure;
  }

  threadWasMade(thread: object): void {
    this.#starting.add(thread);
    this.#failuresBefore.set(thread, this.#failures);
    this.#waitForStarting();
  }

  /** A thread can begin its first call. */
  threadIsReady(thread: object): void {
    this.#startIsOver(thread);
    // Others have waited for what would become of this one.
    if (this.#failures > 0) this.#mayTryAgain();
  }

  /** @param failure where the thread has ended by itself before it did anything, or could not be made ready */
  threadIsEnding(thread: object, failure: StartFailure | undefined): void {
    this.#startIsOver(thread);
    // Threads that were made together fail together: that is one failure.
    if (failure !== undefined && this.#failuresBefore.get(thread) === this.#failures) this.#hasFailed(failure);
  }

  threadCannotBeMade(error: unknown): void {
    this.#hasFailed(() => error);
  }

  /** A thread has answered its first call. */
  threadHasAnswered(): void {
    if (this.#failures === 0) return;
    this.#failures = 0;
    this.#failure = NONE;
    if (this.#pause?.active()) this.#pause.cancel();
    this.#pause = undefined;
    this.#stopWaiting();
    this.#mayTryAgain();
  }

  #hasFailed(failure: StartFailure): void {
    this.#failure = failure;
    if (this.isPausing) return;
    this.#failures++;
    // Those that were made together with the one that failed may hang.
    this.#waitForStarting();
    if (this.#failures === 1) return;
    this.#pause = this.#callLater(this.#delay, () => {
      this.#pause = undefined;
      this.#mayTryAgain();
    });
    // Calls that wait for another thread keep the process themselves.
    this.#pause.unref?.();
  }

  get #delay(): number {
    return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (this.#failures - 2));
  }

  #startIsOver(thread: object): void {
    this.#starting.delete(thread);
    if (this.#starting.size === 0) this.#stopWaiting();
  }

  #waitForStarting(): void {
    if (this.#failures === 0 || this.#starting.size === 0 || this.#patience !== undefined) return;
    this.#patience = this.#callLater(Math.max(LEAST_PATIENCE_MS, this.#delay), () => {
      this.#patience = undefined;
      this.#starting.clear();
      // Should the next one hang as well, it has more time: threads that are slow to start are not made all at once.
      this.#failures++;
      this.#mayTryAgain();
    });
    this.#patience.unref?.();
  }

  #stopWaiting(): void {
    if (this.#patience?.active()) this.#patience.cancel();
    this.#patience = undefined;
  }
}
