import { TokenPool } from './token-pool.ts';

/**
 * Lets one piece of asynchronous work in at a time, in the order of asking.
 * For a resource that cannot be shared while something is awaited: a
 * connection, a file, a counter kept elsewhere.
 *
 * `run(f)` is the safest way: it cannot forget to release. A holder that
 * acquires the same lock again waits for itself for ever.
 *
 * @example
 * ```ts
 * import { DeferredLock } from 'heddle/defer';
 *
 * const lock = new DeferredLock();
 * let balance = 10;
 * const add = (amount: number) =>
 *   lock.run(async () => {
 *     const before = balance;
 *     await null; // others run here, but none of them under this lock
 *     balance = before + amount;
 *   });
 * await Promise.all([add(1), add(2)]);
 * console.log(balance); // prints 13
 * ```
 */
export class DeferredLock extends TokenPool {
  constructor() {
    super(1);
  }

  /** Whether somebody has it. */
  get locked(): boolean {
    return this.freeTokens === 0;
  }
}
