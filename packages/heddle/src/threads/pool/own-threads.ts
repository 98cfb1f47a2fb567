import type { OwnThread } from '../bound-object.ts';
import type { StopOptions } from '../options.ts';
import { BoundObjectLostError } from '../wire/errors/bound-object-lost-error.ts';
import type { PoolCore } from './pool-core.ts';

/** How a bound object goes with its thread. */
interface Bound {
  /** Whether the thread ends by itself when the object has been disposed of, by a last call. */
  endsByItself: boolean;
  /** Has the object disposed of, and returns false where there is none any more. */
  dispose(): boolean;
}

/** The threads of a pool's bound objects, each of them a pool of one. */
export class OwnThreads {
  readonly #bound = new Map<PoolCore, Bound>();
  readonly #hasEnded: () => void;

  /** @param hasEnded is called when one of them has */
  constructor(hasEnded: () => void) {
    this.#hasEnded = hasEnded;
  }

  get size(): number {
    return this.#bound.size;
  }

  /** The pools of one. To be gone through at once. */
  all(): Iterable<PoolCore> {
    return this.#bound.keys();
  }

  /** Takes a pool of one, as its object uses it. */
  add(core: PoolCore): OwnThread {
    const bound: Bound = { endsByItself: false, dispose: () => false };
    this.#bound.set(core, bound);
    // Another thread would not have the object: neither while its own waits for an answer, nor when that has ended.
    core.team.roster.replaceNone((functionName) => new BoundObjectLostError(functionName));
    return {
      submit: (f, args, options, resolve, made) => core.submit(f, args, options, resolve, made),
      endsByItself: () => {
        bound.endsByItself = true;
      },
      disposeWith: (dispose) => {
        bound.dispose = dispose;
      },
      refusal: (f) => core.hasStopped(f),
      get isLost() {
        return core.team.roster.isLost;
      },
      stop: (options) => this.#forget(core, core.stop(options)),
      drop: () => {
        this.#forget(core, core.stop({}, false));
      },
    };
  }

  /** The pool is stopped, and its objects are disposed of as long as there is time for that. */
  stop(options: StopOptions): void {
    for (const [core, bound] of this.#bound) {
      if (bound.endsByItself || (options.deadline !== 0 && bound.dispose())) continue;
      this.#forget(core, core.stop(options));
    }
  }

  /** Ends them without waiting for their calls. */
  abandon(): void {
    for (const core of this.#bound.keys()) this.#forget(core, core.stop({ deadline: 0 }));
  }

  #forget(core: PoolCore, stopped: ReturnType<PoolCore['stop']>): ReturnType<PoolCore['stop']> {
    return stopped.addCallback(() => {
      this.#bound.delete(core);
      this.#hasEnded();
    });
  }
}
