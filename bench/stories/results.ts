import type { Environment } from '../report/environment.ts';

/** What a run found: results/stories.json. Times are milliseconds. */
export interface Results {
  readonly environment: Environment;
  readonly rounds: number;
  /** How long each variant was measured in each round. */
  readonly phase: number;
  /** Between two requests of the light page. */
  readonly interval: number;
  readonly stories: readonly StoryResult[];
}

export interface StoryResult {
  readonly name: string;
  readonly what: string;
  readonly package: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly light: string;
  readonly heavyWork: string;
  readonly variants: readonly VariantResult[];
}

/** What the doctor printed of the application, and what ran while its loop was blocked. */
export interface Diagnosis {
  readonly text: string;
  /** By function, with what it called: the share of the blocked time. */
  readonly shares: readonly { readonly name: string; readonly share: number }[];
}

export interface VariantResult extends Latency {
  readonly what: string;
  /** A file in `changes`; none of the application as published. */
  readonly change: string | null;
  readonly doctor: Diagnosis;
}

export interface Latency {
  readonly light: Spread;
  /** Of the light page, round by round. */
  readonly p99s: readonly number[];
  readonly heavy: { readonly count: number; readonly p50: number };
}

export interface Spread {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}
