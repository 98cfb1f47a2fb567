/** A function found in this thread, made ready for a job with the values the job brings. */
export interface LoadedFunction {
  readonly f: Function;
  readonly receiver: unknown;
}

/** What a thread keeps of a reference: how to get the function for one job. */
export type FunctionSource = (captured: readonly unknown[]) => LoadedFunction;
