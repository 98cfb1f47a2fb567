import type { ResourceLimits } from 'node:worker_threads';
import { nodeOptions } from './node-options.ts';

type Limit = 'maxOldGenerationSizeMb' | 'maxYoungGenerationSizeMb';

/** V8 sets these for the whole process; where one is given, a thread's own limit counts for nothing. */
const overridingFlags: readonly (readonly [flag: RegExp, limits: readonly Limit[]])[] = [
  [/^--max[-_]old[-_]space[-_]size\b/, ['maxOldGenerationSizeMb']],
  [/^--max[-_]semi[-_]space[-_]size\b/, ['maxYoungGenerationSizeMb']],
  [/^--max[-_]heap[-_]size\b/, ['maxOldGenerationSizeMb', 'maxYoungGenerationSizeMb']],
];

const said = new Set<string>();

/** Says, once for each limit and flag, that threads will not have a limit, since a flag of the program goes before it. */
export function warnOfOverriddenLimits(limits: ResourceLimits): void {
  for (const option of [...process.execArgv, ...nodeOptions()]) {
    for (const [flag, overridden] of overridingFlags) {
      if (!flag.test(option)) continue;
      for (const limit of overridden) if (limits[limit] !== undefined) warn(limit, limits[limit], option);
    }
  }
}

function warn(limit: Limit, megabytes: number, option: string): void {
  if (said.has(`${limit} ${option}`)) return;
  said.add(`${limit} ${option}`);
  process.emitWarning(
    `The thread pool's resourceLimits.${limit} (${megabytes}) has no effect: the program runs with ${option}, which V8 ` +
      'puts before the limits of threads. Start the program without that option, or the pool without that limit.',
    { code: 'HEDDLE_LIMIT_OVERRIDDEN' },
  );
}
