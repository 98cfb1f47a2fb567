import { inspect } from 'node:util';
import { InvalidArgumentError } from '../../defer/errors.ts';
import type { HistogramSnapshot } from './histogram.ts';
import type { PoolStatistics } from './statistics.ts';

/** What {@link prometheusText} needs of a pool. */
export interface MeasuredPool {
  readonly name: string;
  statistics(): PoolStatistics;
}

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [suffix: string, labels: Labels, value: number];

/**
 * The statistics of pools in the text format that Prometheus reads, for the answer to its request. Pools are told
 * apart by their names. Times are in seconds, as is usual there.
 *
 * @throws InvalidArgumentError when two of the pools have the same name, or one is no pool
 *
 * @example
 * ```ts
 * import { prometheusText, ThreadPool } from 'heddle/threads';
 *
 * const pool = new ThreadPool({ name: 'parsers', max: 2 });
 * await pool.defer(JSON.parse, '1');
 * const text = prometheusText(pool);
 * console.log(text.includes('heddle_jobs_total{pool="parsers",outcome="completed"} 1')); // prints true
 * await pool.stop();
 * ```
 */
export function prometheusText(...pools: readonly MeasuredPool[]): string {
  for (const pool of pools) requirePool(pool);
  requireNames(pools);
  const measured = pools.map((pool) => ({ pool: pool.name, of: pool.statistics() }));
  type Measured = (typeof measured)[number];
  const metric = (name: string, type: string, help: string, samples: (one: Measured) => readonly Sample[]): string =>
    [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} ${type}`,
      ...measured.flatMap((one) =>
        samples(one).map(
          ([suffix, labels, value]) => `${name}${suffix}${render({ pool: one.pool, ...labels })} ${value}`,
        ),
      ),
    ].join('\n');
  return `${[
    metric('heddle_threads', 'gauge', 'Threads of the pool by what they do.', ({ of: { threads, idle, busy } }) => [
      ['', { state: 'idle' }, idle],
      ['', { state: 'busy' }, busy],
      ['', { state: 'ending' }, threads - idle - busy],
    ]),
    metric('heddle_threads_stuck', 'gauge', 'Threads that were ended and go on.', ({ of }) => [
      ['', {}, of.stuck.length],
    ]),
    metric('heddle_backlog', 'gauge', 'Calls that wait.', ({ of }) => [['', {}, of.backlog]]),
    metric('heddle_jobs_total', 'counter', 'Calls that have ended, by how.', ({ of }) =>
      (['completed', 'failed', 'cancelled', 'refused'] as const).map((outcome) => ['', { outcome }, of[outcome]]),
    ),
    metric('heddle_job_run_seconds', 'histogram', 'How long calls ran.', ({ of }) => histogram(of.runTime)),
    metric('heddle_job_wait_seconds', 'histogram', 'How long calls waited.', ({ of }) => histogram(of.waitTime)),
    metric(
      'heddle_thread_utilization',
      'gauge',
      'The part of its life in which a thread ran calls; of its room for calls where it may run several at a time. ' +
        'The oldest thread is 1.',
      // By their names there would be ever new ones: Prometheus keeps each for weeks after its thread has ended.
      ({ of }) => of.perThread.map(({ utilization }, index) => ['', { thread: String(index + 1) }, utilization]),
    ),
  ].join('\n')}\n`;
}

function requirePool(pool: unknown): void {
  const { name, statistics } = (pool ?? {}) as Partial<MeasuredPool>;
  if (typeof name === 'string' && typeof statistics === 'function') return;
  const all = Array.isArray(pool) ? ' For those of an array, write prometheusText(...pools).' : '';
  throw new InvalidArgumentError(
    `prometheusText shows thread pools, and ${inspect(pool, { depth: 0 })} is none.${all}`,
  );
}

/** Prometheus refuses all of a text in which two samples have the same labels. */
function requireNames(pools: readonly MeasuredPool[]): void {
  const names = pools.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice === undefined) return;
  throw new InvalidArgumentError(
    `Two of the pools are named ${inspect(twice)}, so that their figures cannot be told apart: give each pool a name of its own, as in new ThreadPool({ name: 'parsers' }).`,
  );
}

function histogram({ buckets, sum, count }: HistogramSnapshot): Sample[] {
  let soFar = 0;
  const samples = buckets.map((bucket): Sample => {
    soFar += bucket.count;
    const le = bucket.upTo === Number.POSITIVE_INFINITY ? '+Inf' : String(bucket.upTo / 1000);
    return ['_bucket', { le }, soFar];
  });
  return [...samples, ['_sum', {}, sum / 1000], ['_count', {}, count]];
}

function render(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return `{${pairs.join(',')}}`;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
