/** A line of a measuring process's input. */
export interface Question {
  readonly measure: string;
  /** How long a peer is kept busy. */
  readonly milliseconds: number;
  /** Whether it only matters that it works. */
  readonly smoke: boolean;
}

/** A line of its output. */
export type Answer = { readonly error: string } | { readonly reason: string } | Readonly<Record<string, number>>;
