/** What the server and the client process tell each other over their channel. */

export type Mode = 'inline' | 'deferred';

/** From the server: keep this load up for so long, and report. */
export interface PhaseOrder {
  readonly name: string;
  readonly mode: Mode;
  readonly milliseconds: number;
}

/** From the client: what it saw in one phase. Latencies are milliseconds, one entry a call. */
export interface PhaseReport {
  readonly milliseconds: number;
  readonly pings: readonly number[];
  readonly routes: Readonly<Record<string, RouteReport>>;
}

export interface RouteReport {
  readonly latencies: readonly number[];
  /** Threads named by the answers that carry one. */
  readonly threadIds: readonly number[];
  /** Digests of the distinct answers; one, if every answer was the same. */
  readonly digests: readonly string[];
}
