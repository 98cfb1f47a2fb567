import { inspect } from 'node:util';
import { type ResourceLimits, SHARE_ENV } from 'node:worker_threads';
import { InvalidArgumentError } from '../defer/errors.ts';
import { nodeOptions } from './connection/node-options.ts';
import type { ThreadPoolOptions } from './options.ts';

/** What a {@link ProcessPool} may be told when it is made: what a {@link ThreadPool} may, but for what only threads have. */
export interface ProcessPoolOptions extends Omit<ThreadPoolOptions, 'env' | 'resourceLimits' | 'concurrency'> {
  /** The processes' environment. Default: the program's, as it is when a process is made. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /**
   * Limits of each process's heap. A process that exceeds them ends by SIGABRT, and says on standard error why. Other
   * limits are refused: they are options of Node's command line, for `execArgv`.
   */
  readonly resourceLimits?: Pick<ResourceLimits, 'maxOldGenerationSizeMb' | 'maxYoungGenerationSizeMb'> | undefined;
  /** Node's command-line options for the processes. Default: the program's, without those for debugging, testing and its environment. */
  readonly execArgv?: readonly string[] | undefined;
}

/**
 * Checks what a pool of processes cannot be told though one of threads can.
 *
 * @throws InvalidArgumentError naming the option and the way out
 */
export function checkProcessOptions(options: ProcessPoolOptions): ProcessPoolOptions {
  const { env, resourceLimits, concurrency = 1 } = (options ?? {}) as ThreadPoolOptions;
  if (concurrency !== 1) {
    throw new InvalidArgumentError(
      `The option concurrency of a process pool must be 1, not ${inspect(concurrency)}: what one call does to its process must cost no other.`,
    );
  }
  if (env === SHARE_ENV) {
    throw new InvalidArgumentError(
      'The option env of a process pool must be an object, not SHARE_ENV: a process has an environment of its own.',
    );
  }
  for (const [limit, way] of Object.entries(elsewhere)) {
    if ((resourceLimits as Record<string, unknown> | undefined)?.[limit] === undefined) continue;
    throw new InvalidArgumentError(`The option resourceLimits of a process pool must have no ${limit}. ${way}`);
  }
  return options;
}

const elsewhere = {
  stackSizeMb: "Give execArgv: ['--stack-size=KILOBYTES'], below what the operating system allows (ulimit -s).",
  codeRangeSizeMb: 'Node has no such option for a process.',
} as const;

/** Node's command line for a process of a pool. */
export function commandLine(execArgv: readonly string[] | undefined, limits: ResourceLimits | undefined): string[] {
  const { maxOldGenerationSizeMb, maxYoungGenerationSizeMb } = limits ?? {};
  const options = [...(execArgv ?? [...inheritable(process.execArgv), ...withoutDebugger()])];
  if (maxOldGenerationSizeMb !== undefined) options.push(`--max-old-space-size=${wholeSize(maxOldGenerationSizeMb)}`);
  if (maxYoungGenerationSizeMb !== undefined) {
    // The young generation is three semi-spaces.
    options.push(`--max-semi-space-size=${wholeSize(maxYoungGenerationSizeMb / 3)}`);
  }
  return options;
}

/** More than any machine has. What is no number in digits, Node refuses, and V8 counts the bytes in 64 bits. */
const MOST_MB = 2 ** 31;
function wholeSize(megabytes: number): number {
  return Math.min(Math.max(1, Math.ceil(megabytes)), MOST_MB);
}

/**
 * Options that say what the program itself is to do: run this text, run tests, watch files, wait for a debugger. What a
 * file gave its environment is there, as far as the program has left it.
 */
const NOT_INHERITED =
  /^(?:-[eipc]|-pe|--(?:eval|print|interactive|check|input-type|run|inspect.*|(?:experimental-)?test.*|watch.*|env-file.*))$/;
function inheritable(execArgv: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < execArgv.length; at++) {
    const option = execArgv[at] as string;
    const [name = ''] = option.split('=', 1);
    if (!NOT_INHERITED.test(name)) kept.push(option);
    // A word that is no option is the value of the one before.
    else while (execArgv[at + 1]?.startsWith('-') === false) at++;
  }
  return kept;
}

/** A process finds the program's port taken, or waits there for a debugger, where it is NODE_OPTIONS that asks for one. */
function withoutDebugger(): string[] {
  const isAsked = nodeOptions().some((option) => /^--inspect(?:[-_=]|$)/.test(option));
  return isAsked ? ['--no-inspect', '--no-inspect-brk', '--no-inspect-wait'] : [];
}
