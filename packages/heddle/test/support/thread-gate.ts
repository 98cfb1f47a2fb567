type WaitAsync = (array: Int32Array, index: number, value: number) => { value: Promise<string> | string };

/** Holds a job of fixtures/reactor in its thread until the test lets it go on. */
export class ThreadGate {
  readonly shared: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(8));

  /** Settles when a job has begun to wait. */
  async begun(): Promise<void> {
    await (Atomics as unknown as { waitAsync: WaitAsync }).waitAsync(this.shared, 0, 0).value;
  }

  open(): void {
    Atomics.store(this.shared, 1, 1);
    Atomics.notify(this.shared, 1);
  }
}
