import type { Leftovers } from './leftovers.ts';

/** What a soak has come to. */
export interface Outcome {
  readonly seconds: number;
  readonly calls: number;
  readonly pools: number;
  /** How many calls met with which fate, the most frequent first. */
  readonly counts: Readonly<Record<string, number>>;
  readonly before: Leftovers;
  readonly after: Leftovers;
  /** How many threads took longer than a second to end. */
  readonly stuck: number;
  readonly violations: readonly string[];
}

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** The same for whoever has started it. */
export function told({ seconds, calls, pools, counts, before, after, stuck, violations }: Outcome): string {
  return [
    `${calls} calls on ${pools} pools in ${seconds.toFixed(0)} s`,
    ...Object.entries(counts).map(([name, count]) => `  ${name}: ${count}`),
    `threads: ${before.threads} before, ${after.threads} after; ${stuck} took longer than a second to end`,
    `processes: ${before.processes} before, ${after.processes} after`,
    `listeners: ${before.listeners} before, ${after.listeners} after`,
    `memory: ${megabytes(before.heap)} before, ${megabytes(after.heap)} after; resident ${megabytes(before.resident)} and ${megabytes(after.resident)}`,
    violations.length === 0 ? 'Each call has ended once, and nothing is left.' : `${violations.length} violations`,
  ].join('\n');
}
