import { inspect } from 'node:util';
import type { Deferred } from '../defer/deferred.ts';
import { ensureDeferred } from '../defer/ensure-deferred.ts';
import { InvalidArgumentError } from '../defer/errors.ts';
import { requireFunction } from '../defer/require-function.ts';
import { Failure } from '../defer/failure.ts';
import { logError } from '../defer/log-error.ts';
import { setImmediate } from '../defer/node-timers.ts';
import { fail } from '../defer/succeed.ts';
import { reportUnhandled } from '../defer/unhandled.ts';
import { ReactorNotRunning } from '../reactor/errors.ts';
import { checkRun, Reactor } from '../reactor/reactor.ts';
import type { RunOptions } from '../reactor/run-options.ts';
import { SystemExit } from '../task/errors.ts';
import { reactor as defaultReactor } from './create-reactor.ts';
import type { ThreadPool } from './thread-pool.ts';

/** What {@link react} runs: an async function, a generator function that yields Deferreds, or one that returns a Deferred. */
export type Main<A extends readonly unknown[]> = (
  reactor: Reactor<ThreadPool>,
  ...argv: A
) => PromiseLike<unknown> | Generator<unknown, unknown, unknown>;

/** How {@link react} runs a program. */
export interface ReactOptions extends RunOptions {
  /** The reactor to run; by default that of this thread. */
  readonly reactor?: Reactor<ThreadPool> | undefined;
  /** Ends the process; by default `process.exit`, once stdout and stderr have taken what was written. */
  readonly exit?: ((code: number) => void) | undefined;
}

/**
 * Runs a program that has a beginning and an end: calls `main`, starts the
 * reactor, stops it in order when `main` is done, and ends the process. What
 * `main` does before its first `await` comes before the start: `reactor.running`
 * is false there.
 *
 * The exit code is 0 (or `process.exitCode`, if the program has set it), 1
 * when `main` failed, which is then printed, or an unhandled failure was
 * reported, or what `main` failed with a {@link SystemExit} for. When something else stops the reactor first, a
 * Ctrl-C for example, the process ends without waiting for `main`.
 *
 * After Twisted's `twisted.internet.task.react`.
 *
 * @param main gets the reactor and `argv`
 * @returns settles when the process is about to end, which only another `exit` lets it live to see; rejected, before
 *   `main` is called, with ReactorAlreadyRunning when the reactor runs already, and with InvalidArgumentError for an option,
 *   or an `argv` that is no array
 *
 * @example
 * ```ts
 * import { gzipSync } from 'node:zlib';
 * import { deferToThread } from 'heddle';
 * import { react } from 'heddle/task';
 *
 * await react(
 *   async (_reactor, text) => {
 *     const packed = await deferToThread(gzipSync, text);
 *     console.log(packed.length > 0); // prints true
 *   },
 *   ['a long text'],
 * );
 * ```
 */
export function react(main: Main<[]>, argv?: readonly [] | undefined, options?: ReactOptions): Promise<void>;
export function react<A extends readonly unknown[]>(main: Main<A>, argv: A, options?: ReactOptions): Promise<void>;
export async function react(
  main: Main<readonly unknown[]>,
  argv: readonly unknown[] = [],
  options: ReactOptions = {},
): Promise<void> {
  if (typeof options !== 'object' || options === null) {
    throw new InvalidArgumentError(`The options of react must be an object, not ${inspect(options)}.`);
  }
  const { reactor = defaultReactor, exit = exitProcess, ...runOptions } = options;
  if (!(reactor instanceof Reactor)) {
    throw new InvalidArgumentError(
      `The option reactor of react must be a reactor, as createReactor() makes them, not ${inspect(reactor, { depth: 0 })}.`,
    );
  }
  requireFunction(exit, 'The option exit of react');
  checkRun(reactor, runOptions);
  if (!Array.isArray(argv)) {
    throw new InvalidArgumentError(
      `The argv of react must be an array, not ${inspect(argv, { depth: 0 })}. Options come after it: react(main, [], options).`,
    );
  }
  let failed: Failure | undefined;
  let stopping = false;
  const note = reactor.addSystemEventTrigger('before', 'shutdown', function noteShutdown() {
    stopping = true;
  });
  const finish = (result: unknown): void => {
    if (result instanceof Failure) failed = result;
    if (stopping) return;
    reactor.callWhenRunning(function stopWithMain() {
      if (!stopping) stop(reactor);
    });
  };
  call(main, reactor, argv).addBoth(finish);
  await reactor.run(runOptions);
  // A crash runs no triggers. Whatever main still does, another run is not its own to stop.
  stopping = true;
  reactor.removeSystemEventTrigger(note);
  // Whether a failure of the last turn was lost is known when that turn is over.
  await new Promise<void>((resolve) => setImmediate(resolve));
  await exit(codeOf(failed));
}

function call(
  main: Main<readonly unknown[]>,
  reactor: Reactor<ThreadPool>,
  argv: readonly unknown[],
): Deferred<unknown> {
  try {
    return ensureDeferred(main(reactor, ...argv) as PromiseLike<unknown>);
  } catch (error) {
    return fail(error);
  }
}

/** Whoever has asked for it before, main itself perhaps, has got there first. */
function stop(reactor: Reactor<ThreadPool>): void {
  try {
    reactor.stop();
  } catch (error) {
    if (!(error instanceof ReactorNotRunning)) throw error;
  }
}

function codeOf(failed: Failure | undefined): number {
  if (failed === undefined) return Number(process.exitCode ?? (reportUnhandled() ? 1 : 0));
  if (failed.value instanceof SystemExit) return failed.value.exitCode;
  logError(failed, 'The main function of the program failed');
  return 1;
}

/** A pipe may take what was written to it later than `process.exit` would wait. */
async function exitProcess(code: number): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    if (stream.writableLength > 0) await new Promise<void>((resolve) => stream.write('', () => resolve()));
  }
  process.exit(code);
}
