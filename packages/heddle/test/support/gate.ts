type WaitAsync = (array: Int32Array, index: number, value: number) => { value: Promise<string> | string };

/** Holds a job in its thread, for the jobs in fixtures/threads: they enter it, and those that block wait until it opens. */
export class Gate {
  /** What the job gets: whether it has come in, whether it may go on. */
  readonly shared: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(8));

  /** Settles when the job is inside. Does not keep the process: a pending call must. */
  async entered(): Promise<void> {
    await (Atomics as unknown as { waitAsync: WaitAsync }).waitAsync(this.shared, 0, 0).value;
  }

  open(): void {
    Atomics.store(this.shared, 1, 1);
    Atomics.notify(this.shared, 1);
  }
}

/** A counter in memory that threads share. */
export function sharedInts(length: number): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(length * Int32Array.BYTES_PER_ELEMENT));
}
