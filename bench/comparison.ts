import { IN_FLIGHT, median, type RoundResult } from './measure.ts';
import type { Peer } from './peers/peer.ts';

/** One peer over all rounds: medians, and how many times better Heddle is. */
export interface PeerResult {
  readonly name: string;
  readonly version: string;
  /** Median over the rounds of the median round trip, in microseconds. */
  readonly roundTrip: Compared;
  /** For each number of calls in flight. */
  readonly callsPerSecond: Readonly<Record<string, Compared>>;
}

export interface Compared {
  readonly value: number;
  /** Median over the rounds of how many times better Heddle was in the same round; below 1 it was worse. */
  readonly heddleBetterBy: number;
  /** The least and the largest of these ratios. */
  readonly range: readonly [number, number];
}

/** Ratios are taken inside a round, in which all peers met the same machine, and only then reduced to a median. */
export function compare(
  peers: readonly Peer[],
  rounds: readonly ReadonlyMap<Peer, RoundResult>[],
  reference: Peer,
): PeerResult[] {
  const pairs = (peer: Peer): [RoundResult, RoundResult][] =>
    rounds.map((round) => [round.get(peer) as RoundResult, round.get(reference) as RoundResult]);

  return peers.map((peer) => ({
    name: peer.name,
    version: peer.version,
    roundTrip: compared(
      pairs(peer).map(([own, heddle]) => [own.roundTrip, own.roundTrip / heddle.roundTrip]),
      1,
    ),
    callsPerSecond: Object.fromEntries(
      IN_FLIGHT.map((inFlight, index) => [
        inFlight,
        compared(
          pairs(peer).map(([own, heddle]) => {
            const rate = own.callsPerSecond[index] as number;
            return [rate, (heddle.callsPerSecond[index] as number) / rate];
          }),
          0,
        ),
      ]),
    ),
  }));
}

function compared(rounds: readonly [value: number, ratio: number][], digits: number): Compared {
  const ratios = rounds.map(([, ratio]) => ratio);
  return {
    value: round(median(rounds.map(([value]) => value)), digits),
    heddleBetterBy: round(median(ratios), 2),
    range: [round(Math.min(...ratios), 2), round(Math.max(...ratios), 2)],
  };
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
