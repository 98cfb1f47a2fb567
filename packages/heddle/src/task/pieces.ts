import { inspect, types } from 'node:util';
import { InvalidArgumentError } from '../defer/errors.ts';
import { setImmediate } from '../defer/node-timers.ts';
import { isThenable } from '../defer/thenable.ts';

/** What a task is made of: a generator or any other iterator, also an asynchronous one, or something that gives one. */
export type Pieces<R, P = unknown> =
  | Iterator<P, R, never>
  | AsyncIterator<P, R, never>
  | Iterable<P, R, never>
  | AsyncIterable<P, R, never>;

export type AnyIterator = Iterator<unknown, unknown> | AsyncIterator<unknown, unknown>;

/**
 * What `for await` would go through: an object's own way to be iterated over comes before a `next()` that it has too.
 *
 * @throws InvalidArgumentError when there is nothing to iterate over
 */
export function iteratorOf(pieces: unknown): AnyIterator {
  if (typeof pieces === 'object' && pieces !== null && !isThenable(pieces)) {
    const given = pieces as Partial<Iterator<unknown> & Iterable<unknown> & AsyncIterable<unknown>>;
    const makesOne: (() => unknown) | undefined = given[Symbol.asyncIterator] ?? given[Symbol.iterator];
    if (typeof makesOne !== 'function' && typeof given.next === 'function') return given as Iterator<unknown>;
    if (typeof makesOne === 'function') {
      const made: unknown = makesOne.call(pieces);
      if (typeof (made as Partial<Iterator<unknown>> | undefined)?.next === 'function') return made as AnyIterator;
      throw new InvalidArgumentError(
        `A task is made of what gives an iterator, and ${inspect(pieces, { depth: 0 })} gives ${inspect(made, { depth: 0 })}.`,
      );
    }
  }
  const hint = typeof pieces === 'function' ? ' Call the generator function, and give what it returns.' : '';
  throw new InvalidArgumentError(
    `A task is made of an iterator, such as a generator, or of something to iterate over, not of ${inspect(pieces, { depth: 0 })}.${hint}`,
  );
}

/** @throws InvalidArgumentError for what `next()` must not give */
export function requireStep(step: unknown): IteratorResult<unknown, unknown> {
  if (typeof step === 'object' && step !== null) return step as IteratorResult<unknown, unknown>;
  throw new InvalidArgumentError(
    `The next() of an iterator must give an object with done and value, and that of a task gave ${inspect(step)}.`,
  );
}

/**
 * Lets an iterator that is given up come to its end, as leaving a loop over it would. A generator may wait and yield in
 * its `finally`: it goes on until that is over.
 */
export async function close(iterator: AnyIterator): Promise<void> {
  let step: unknown = iterator.return?.();
  // Leaves nothing for later where all is done.
  if (isThenable(step)) step = await step;
  if (!types.isGeneratorObject(iterator)) return;
  while (isUnfinished(step)) {
    let sent: unknown;
    try {
      sent = isThenable(step.value) ? await step.value : await nextTurn();
    } catch (error) {
      step = await (iterator as AnyGenerator).throw(error);
      continue;
    }
    step = await iterator.next(sent as undefined);
  }
}

type AnyGenerator = Generator<unknown, unknown> | AsyncGenerator<unknown, unknown>;

function isUnfinished(step: unknown): step is IteratorYieldResult<unknown> {
  return typeof step === 'object' && step !== null && (step as IteratorResult<unknown>).done === false;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => resolve());
  });
}
