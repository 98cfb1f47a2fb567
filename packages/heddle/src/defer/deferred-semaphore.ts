import { inspect } from 'node:util';
import { InvalidArgumentError } from './errors.ts';
import { TokenPool } from './token-pool.ts';

/**
 * Lets a limited number of pieces of asynchronous work in at a time, in the
 * order of asking: so many downloads, so many open files.
 *
 * @example
 * ```ts
 * import { DeferredSemaphore, gatherResults } from 'heddle/defer';
 *
 * const two = new DeferredSemaphore(2);
 * const lengths = ['a', 'bb', 'ccc'].map((word) => two.run(async () => word.length));
 * console.log(await gatherResults(lengths)); // prints [ 1, 2, 3 ]
 * ```
 */
export class DeferredSemaphore extends TokenPool {
  /**
   * @param limit how many may hold a token at a time
   * @throws InvalidArgumentError when it is not a whole number of at least 1
   */
  constructor(limit: number) {
    if (!Number.isSafeInteger(limit) || limit < 1) {
      throw new InvalidArgumentError(
        `A DeferredSemaphore needs a whole number of tokens, at least 1, not ${inspect(limit)}.`,
      );
    }
    super(limit);
  }

  /** How many tokens there are. */
  get limit(): number {
    return this.allTokens;
  }

  /** How many tokens are free. */
  get tokens(): number {
    return this.freeTokens;
  }
}
