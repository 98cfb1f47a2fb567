/** What the reactor must know of the thread pool it owns. */
export interface ReactorThreadPool {
  stop(): PromiseLike<void>;
}

/** What a reactor is made of. */
export interface ReactorParts<Pool extends ReactorThreadPool> {
  /** Makes the reactor's thread pool, when it is first asked for. */
  readonly makeThreadPool: () => Pool;
}

/**
 * The event loop as Heddle sees it. Node runs the loop; the reactor is where
 * the things that belong to it are found, the thread pool first of all.
 *
 * After Twisted's `twisted.internet.reactor`.
 */
export class Reactor<Pool extends ReactorThreadPool = ReactorThreadPool> {
  readonly #parts: ReactorParts<Pool>;
  #threadPool: Pool | undefined;

  constructor(parts: ReactorParts<Pool>) {
    this.#parts = parts;
  }

  /** The pool in which `deferToThread` runs its calls. It is made when it is first asked for. */
  getThreadPool(): Pool {
    this.#threadPool ??= this.#parts.makeThreadPool();
    return this.#threadPool;
  }
}
