import type { Peer, Pool } from '../peers/peer.ts';

/** Something that is measured of every peer, in the peer's own process. Each is a file of this folder. */
export interface Measure {
  readonly name: string;
  /** `warm`: in the process that serves all such measures, with one thread; `fresh`: in a process of its own. */
  readonly process: 'warm' | 'fresh';
  /** Whether that fresh process is to have but one processor, which needs Linux's taskset. */
  readonly onOneProcessor?: boolean;
  /** Measured in every so manieth round: what takes seconds need not be done as often. */
  readonly everyRound: number;
  readonly figures: Readonly<Record<string, Figure>>;
  run(subject: Subject): Promise<Readonly<Record<string, number>> | Unmeasured>;
}

/** What a measure has found out, as a reader sees it. */
export interface Figure {
  readonly title: string;
  readonly unit: string;
  readonly better: 'less' | 'more';
  readonly target?: Target;
}

/** What is aimed at. Of several peers the one that is hardest to beat counts. */
export type Target =
  /** Heddle is at least so many times better, inside the same round. */
  | { readonly kind: 'times'; readonly than: readonly string[] | 'the best peer'; readonly atLeast: number }
  /** Heddle's figure is at most so much more than the peer's, inside the same round. */
  | { readonly kind: 'beyond'; readonly than: readonly string[]; readonly atMost: number }
  | { readonly kind: 'value'; readonly atMost: number };

/** Whom a measure looks at, and how closely. */
export interface Subject {
  readonly peer: Peer;
  /** With one thread. Only for measures in the warm process, which are run once before they count. */
  readonly pool: Pool;
  /** How long to keep a peer busy, in milliseconds. */
  readonly milliseconds: number;
  /** What importing the peer's library took, in milliseconds. */
  readonly importTime: number;
  /** Gives the first number, or the second in a run that only shows that everything works. */
  size(full: number, smoke: number): number;
}

/** A sentence that says why a peer has no such figure. */
export interface Unmeasured {
  readonly reason: string;
}
