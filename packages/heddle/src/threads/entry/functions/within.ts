import type { AsyncLocalStorage } from 'node:async_hooks';
import type { Address } from '../../wire/address.ts';
import { StorageNotExportedError } from '../../wire/errors/storage-not-exported-error.ts';
import type { Located } from '../../wire/member.ts';
import type { JobReference, WithinReference } from '../../wire/reference.ts';
import { startAll } from '../../wire/start-all.ts';
import type { FunctionSource } from './loaded-function.ts';
import { isPromise } from '../../wire/is-promise.ts';

type Storage = AsyncLocalStorage<unknown>;

/**
 * Loads a function, and the AsyncLocalStorages within whose stores it runs.
 *
 * @throws StorageNotExportedError where a module gives none in the thread (or a promise rejected with one)
 */
export function loadWithin(
  reference: WithinReference,
  load: (reference: JobReference) => FunctionSource | Promise<FunctionSource>,
  locate: (address: Address) => Located | Promise<Located>,
): FunctionSource | Promise<FunctionSource> {
  const parts = startAll<() => unknown, unknown>(
    [() => load(reference.function), () => startAll(reference.storages, locate)],
    (start) => start(),
  );
  const join = ([source, located]: unknown[]): FunctionSource => within(source as FunctionSource, located as Located[]);
  return isPromise(parts) ? parts.then(join) : join(parts);
}

function within(source: FunctionSource, located: readonly Located[]): FunctionSource {
  const storages = located.map((each) => locatedStorage(each));
  return (captured) => {
    const { f, receiver } = source(captured.slice(storages.length));
    const run = (args: unknown[], depth: number): unknown => {
      const storage = storages[depth];
      if (storage === undefined) return Reflect.apply(f, receiver, args);
      return storage.run(captured[depth], () => run(args, depth + 1));
    };
    return { f: (...args: unknown[]): unknown => run(args, 0), receiver: undefined };
  };
}

function locatedStorage({ value, address, name }: Located): Storage {
  const { AsyncLocalStorage: Storage } = process.getBuiltinModule('node:async_hooks');
  if (value instanceof Storage) return value;
  throw new StorageNotExportedError(
    `The store of ${name} cannot be propagated: ${address} exports no AsyncLocalStorage of that name in the thread. Make it there as well.`,
  );
}
