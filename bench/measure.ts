import type { RunningPeer } from './peers/peer.ts';

/** Calls in flight at a time, in the order in which they are measured. */
export const IN_FLIGHT = [1, 10, 100] as const;

/** What one peer did in one round. */
export interface RoundResult {
  /** The median round trip with one call in flight, in microseconds. */
  readonly roundTrip: number;
  /** Calls per second for each of {@link IN_FLIGHT}. */
  readonly callsPerSecond: readonly number[];
}

export async function measureRound(peer: RunningPeer, slice: number): Promise<RoundResult> {
  const callsPerSecond: number[] = [];
  let roundTrip = Number.NaN;
  for (const inFlight of IN_FLIGHT) {
    const { rate, latencies } = await load(peer, inFlight, slice);
    callsPerSecond.push(rate);
    if (inFlight === 1) roundTrip = median(latencies) * 1000;
  }
  return { roundTrip, callsPerSecond };
}

/** Keeps `inFlight` calls under way for `milliseconds`. */
export async function load(
  peer: RunningPeer,
  inFlight: number,
  milliseconds: number,
): Promise<{ rate: number; latencies: number[] }> {
  const latencies: number[] = [];
  let calls = 0;
  const started = performance.now();
  const until = started + milliseconds;
  const caller = async (): Promise<void> => {
    for (let before = performance.now(); before < until; ) {
      await peer.call();
      const after = performance.now();
      // Every call pays for the clock, but only the lone one keeps its figure: the others wait for one another.
      if (inFlight === 1) latencies.push(after - before);
      before = after;
      calls++;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, caller));
  return { rate: calls / ((performance.now() - started) / 1000), latencies };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
