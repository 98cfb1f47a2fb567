import { inspect } from 'node:util';

/** Says once of a pool that calls wait for threads which themselves wait, perhaps for these calls. */
export class AbsenceWarning {
  readonly #pool: string;
  #isGiven = false;

  constructor(pool: string) {
    this.#pool = pool;
  }

  give(threads: number): void {
    if (this.#isGiven) return;
    this.#isGiven = true;
    process.emitWarning(
      `All ${threads} threads that the pool ${inspect(this.#pool)} may have wait for an answer of the reactor, or for somebody ` +
        'who takes their items, and other calls wait for one of them. Where an answer waits for such a call, all of them wait ' +
        'for ever: give the calls a queueTimeout, and take what is computed level by level, not in one call within another.',
      { code: 'HEDDLE_ALL_THREADS_WAIT' },
    );
  }
}
