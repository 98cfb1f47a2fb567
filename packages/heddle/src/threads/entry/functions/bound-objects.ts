import { isThenable } from '../../../defer/thenable.ts';
import { BoundObjectLostError } from '../../wire/errors/bound-object-lost-error.ts';
import { whenSettled } from '../../../defer/when-settled.ts';
import type { LoadedFunction } from './loaded-function.ts';

/** What has been made in this thread to stay in it, by numbers that the reactor gives. */
const objects = new Map<number, unknown>();

/** Makes an object, and keeps it. The number stands after the factory's arguments. */
export function bind({ f, receiver }: LoadedFunction, all: unknown[]): Promise<void> | undefined {
  const id = all.at(-1) as number;
  const made: unknown = Reflect.apply(f, receiver, all.slice(0, -1));
  if (isThenable(made)) {
    return whenSettled(made, (object) => {
      objects.set(id, object);
    });
  }
  objects.set(id, made);
  return undefined;
}

/** Calls a function with the object before its arguments; the number stands after them. */
export function callBound({ f, receiver }: LoadedFunction, all: unknown[]): unknown {
  const id = all.at(-1) as number;
  if (!objects.has(id)) throw new BoundObjectLostError(f.name);
  return Reflect.apply(f, receiver, [objects.get(id), ...all.slice(0, -1)]);
}

/** Forgets an object, and disposes of it in the way it has itself. */
export function release(id: number): unknown {
  const object = objects.get(id) as Partial<AsyncDisposable & Disposable> | undefined;
  objects.delete(id);
  // Node 20 has the symbols, but not everything that could have them.
  const dispose = object?.[Symbol.asyncDispose] ?? object?.[Symbol.dispose];
  const disposed: unknown = typeof dispose === 'function' ? Reflect.apply(dispose, object, []) : undefined;
  return isThenable(disposed) ? whenSettled(disposed, () => {}) : undefined;
}
