/** Takes note of what Heddle's own dispatch calls: where it was long and has left no trace, nobody else can tell. */
export interface DispatchRecord {
  /** Gives what {@link ended} is to get for this call. */
  begins(): number;
  /** @param called the function, or what messages name it */
  ended(called: Function | string, begun: number): void;
}

/** Undefined unless somebody wants to know: a call then costs one comparison. */
export let dispatchRecord: DispatchRecord | undefined;

export function recordDispatch(record: DispatchRecord | undefined): void {
  dispatchRecord = record;
}
