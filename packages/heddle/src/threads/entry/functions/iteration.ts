import { isThenable } from '../../../defer/thenable.ts';
import { inside } from '../../wire/inside.ts';
import { type IterationArguments, NotIterableError } from '../../wire/iteration.ts';
import type { MoreItems } from '../../wire/messages.ts';
import { itemError } from './item-error.ts';
import type { LoadedFunction } from './loaded-function.ts';

type AnyIterator = Iterator<unknown> | AsyncIterator<unknown>;

/** How many items may be sent, and who waits until it is more. */
class Demand {
  #left: number;
  #wake: () => void = () => {};

  constructor(count: number) {
    this.#left = count;
  }

  more(count: number): void {
    this.#left += count;
    this.look();
  }

  /** Lets whoever waits look whether to go on. */
  look(): void {
    this.#wake();
  }

  async take(isOver: () => boolean, isHeldUp: () => void): Promise<void> {
    while (this.#left === 0 && !isOver()) {
      isHeldUp();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#left--;
  }
}

/** The iterations that go on in this thread, by their numbers. */
const demands = new Map<number, Demand>();

/** The reactor has taken items. */
export function itemsWereTaken({ iteration, count }: MoreItems): void {
  demands.get(iteration)?.more(count);
}

/**
 * Sends the items of what a function gives, as far ahead as is wanted. When nobody wants more, because the call has been
 * given up or left early, the iterator is ended, so that its `finally` runs.
 *
 * @returns what the iterator returns
 */
export async function iterate({ f, receiver }: LoadedFunction, all: unknown[]): Promise<unknown> {
  const [iteration, buffer, push] = all.slice(-3) as IterationArguments;
  const job = inside()?.currentJob();
  const isOver = (): boolean => job?.isCancelled() ?? false;
  const demand = new Demand(buffer);
  demands.set(iteration, demand);
  job?.whenCancelled(() => demand.look());
  try {
    const given: unknown = Reflect.apply(f, receiver, all.slice(0, -3));
    const iterator = iteratorOf(isThenable(given) ? await given : given, f.name);
    // Whoever has left is to tell what the end throws from what an item does that they did not wait for.
    const tellEnd = (): void => {
      if (job?.isLeft()) push(undefined, true);
    };
    const take = (): Promise<void> => demand.take(isOver, () => job?.isHeldUp());
    return await run(iterator, take, isOver, push, tellEnd);
  } finally {
    demands.delete(iteration);
  }
}

async function run(
  iterator: AnyIterator,
  take: () => Promise<void>,
  isOver: () => boolean,
  push: (item: unknown) => void,
  tellEnd: () => void,
): Promise<unknown> {
  for (;;) {
    await take();
    if (isOver()) break;
    const next = iterator.next();
    const step = isThenable(next) ? await next : next;
    // As in a loop: it would give `undefined` without end.
    if (!isObject(step)) throw new TypeError(`Iterator result ${String(step)} is not an object`);
    const { done, value } = step;
    if (done === true) return value;
    try {
      send(push, isThenable(value) ? await value : value);
    } catch (error) {
      // Nobody waits for this item.
      if (isOver()) break;
      // What ends the generator tells more than what its end throws then, as in a loop.
      await endOf(iterator).catch(() => {});
      throw error;
    }
  }
  tellEnd();
  return endOf(iterator);
}

function isObject(value: unknown): boolean {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function send(push: (item: unknown) => void, item: unknown): void {
  try {
    push(item);
  } catch (error) {
    throw itemError(error);
  }
}

async function endOf(iterator: AnyIterator): Promise<void> {
  await iterator.return?.();
}

function iteratorOf(given: unknown, name: string): AnyIterator {
  if (given !== null && given !== undefined) {
    const iterable = given as Partial<Iterable<unknown> & AsyncIterable<unknown>>;
    const make = iterable[Symbol.asyncIterator] ?? iterable[Symbol.iterator];
    if (typeof make === 'function') return Reflect.apply(make, given, []) as AnyIterator;
  }
  throw new NotIterableError(name, given);
}
