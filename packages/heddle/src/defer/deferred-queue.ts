import { checkOptions } from './check-options.ts';
import { Deferred, isDeferred } from './deferred.ts';
import { InvalidArgumentError } from './errors.ts';
import { QueueOverflow, QueueUnderflow } from './queue-errors.ts';
import { succeed } from './succeed.ts';
import { WaitingLine } from './waiting-line.ts';

/** The bounds of a {@link DeferredQueue}. */
export interface DeferredQueueOptions {
  /** How many items may lie in the queue. With 0, an item can only be put when somebody waits. Default: Infinity. */
  readonly size?: number | undefined;
  /** How many may wait for an item. Default: Infinity. */
  readonly backlog?: number | undefined;
}

/**
 * Hands items from those who have them to those who wait for them, each item
 * to one taker, both in the order of coming. For a producer and consumers at
 * different speeds.
 *
 * @example
 * ```ts
 * import { DeferredQueue } from 'heddle/defer';
 *
 * const lines = new DeferredQueue<string>({ size: 100 });
 * lines.get().addCallback((line) => console.log(line)); // prints hello
 * lines.put('hello');
 * ```
 */
export class DeferredQueue<T> {
  readonly #size: number;
  readonly #backlog: number;
  readonly #items: WaitingLine<T> = new WaitingLine();
  readonly #takers: WaitingLine<Deferred<T>> = new WaitingLine();

  /** @throws InvalidArgumentError when a bound is neither a whole number of at least 0 nor Infinity */
  constructor(options: DeferredQueueOptions = {}) {
    const { size = Number.POSITIVE_INFINITY, backlog = Number.POSITIVE_INFINITY } = checkOptions(
      options,
      { size: checkBound, backlog: checkBound },
      'DeferredQueue',
    );
    this.#size = size;
    this.#backlog = backlog;
  }

  /** How many items lie in the queue. */
  get pending(): number {
    return this.#items.length;
  }

  /** How many wait for an item. */
  get waiting(): number {
    return this.#takers.length;
  }

  /**
   * Gives `item` to the one who has waited longest, or stores it.
   *
   * @throws QueueOverflow when nobody waits and the queue is full
   * @throws InvalidArgumentError when `item` is a Deferred, which no Deferred can fire with
   */
  put(item: T): void {
    if (isDeferred(item)) {
      throw new InvalidArgumentError(
        'A Deferred cannot be put into a DeferredQueue. Put its result: d.addCallback(...).',
      );
    }
    for (let taker = this.#takers.shift(); taker !== undefined; taker = this.#takers.shift()) {
      // Someone may have fired the Deferred that was theirs to wait for: the item is for the next one.
      if (taker.item.called) continue;
      taker.item.callback(item);
      return;
    }
    if (this.#items.length >= this.#size) throw new QueueOverflow(this.#size);
    this.#items.push(item);
  }

  /**
   * Fires with the oldest item, at once if there is one. Cancelling the
   * Deferred while it waits leaves the line.
   *
   * @throws QueueUnderflow when there is no item and as many wait as may
   */
  get(): Deferred<T> {
    const oldest = this.#items.shift();
    if (oldest !== undefined) return succeed(oldest.item);
    if (this.#takers.length >= this.#backlog) throw new QueueUnderflow(this.#backlog);
    const taken: Deferred<T> = new Deferred<T>(() => this.#takers.remove(place));
    const place = this.#takers.push(taken);
    return taken;
  }
}

function checkBound(value: unknown): string | undefined {
  if (value === Number.POSITIVE_INFINITY || (Number.isSafeInteger(value) && (value as number) >= 0)) return undefined;
  return 'a whole number of at least 0, or Infinity';
}
