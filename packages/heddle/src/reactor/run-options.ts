import { checkDuration, checkFlag, checkOptions, type OptionChecks } from '../defer/check-options.ts';

/** How a reactor runs. */
export interface RunOptions {
  /** Whether SIGINT and SIGTERM stop the reactor. Default true. */
  readonly installSignalHandlers?: boolean | undefined;
  /** Milliseconds that shutting down may take before what holds it up is given up. Default Infinity. */
  readonly shutdownTimeout?: number | undefined;
}

const checks: OptionChecks<RunOptions> = {
  installSignalHandlers: checkFlag,
  shutdownTimeout: checkDuration,
};

/**
 * Checks how a reactor is to run and fills in the defaults.
 *
 * @throws InvalidArgumentError naming the option, its value and what it should be
 */
export function completeRunOptions(options: RunOptions): { installSignalHandlers: boolean; shutdownTimeout: number } {
  const { installSignalHandlers = true, shutdownTimeout = Number.POSITIVE_INFINITY } = checkOptions(
    options,
    checks,
    'run of the reactor',
  );
  return { installSignalHandlers, shutdownTimeout };
}
