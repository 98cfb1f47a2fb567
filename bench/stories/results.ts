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
  readonly package: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly light: string;
  readonly heavyWork: string;
  readonly doctor: Diagnosis;
  readonly variants: readonly VariantResult[];
}

/** What the doctor printed of the application as published, and what ran while its loop was blocked. */
export interface Diagnosis {
  readonly text: string;
  /** By function, with what it called: the share of the blocked time. */
  readonly shares: readonly { readonly name: string; readonly share: number }[];
}

export interface VariantResult {
  readonly what: string;
  readonly change: string | undefined;
  readonly light: Spread;
  /** Of all rounds, one by one. */
  readonly p99s: readonly number[];
  readonly heavy: { readonly count: number; readonly p50: number };
}

export interface Spread {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}
