import { inspect } from 'node:util';
import { CancelledError } from './errors.ts';
import type { Failure } from './failure.ts';

/** A failure at the end of a chain, of which nobody has taken notice yet. */
export interface UnhandledFailure {
  readonly failure: Failure;
}

const unhandled = new Set<UnhandledFailure>();
const collected = new FinalizationRegistry<UnhandledFailure>(report);
let watchesTheEnd = false;
let anyReported = false;

/**
 * Remembers that `deferred` holds a failure nobody has seen, which is reported
 * when the Deferred is collected or at the latest when the process ends. A
 * cancel is the program's own wish and is not reported.
 */
export function reportUnhandled(deferred: object, failure: Failure): UnhandledFailure | undefined {
  if (failure.value instanceof CancelledError) return undefined;
  const record: UnhandledFailure = { failure };
  unhandled.add(record);
  collected.register(deferred, record, record);
  watchTheEnd();
  return record;
}

/** Takes a report back: somebody takes care of the failure after all. */
export function forgetUnhandled(record: UnhandledFailure): void {
  unhandled.delete(record);
  collected.unregister(record);
}

function report(record: UnhandledFailure): void {
  if (!unhandled.delete(record)) return;
  anyReported = true;
  console.error(`Unhandled failure in a Deferred:\n${inspect(record.failure.value)}`);
}

function watchTheEnd(): void {
  if (watchesTheEnd) return;
  watchesTheEnd = true;
  const reportAll = (): void => {
    for (const record of unhandled) report(record);
  };
  process.on('exit', reportAll);
  // Only a program that ends by itself comes by here; one that chose its exit code keeps it.
  process.on('beforeExit', () => {
    reportAll();
    if (anyReported) process.exitCode ??= 1;
  });
}
