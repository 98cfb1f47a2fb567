import { MemoryThreadPool } from 'heddle/testing';

/** A pool in memory whose threads can be made to end by themselves, never to have started, or not to be made at all. */
export class FailingPool extends MemoryThreadPool {
  /** What becomes of the threads that are made from now on. */
  fate: 'lives' | 'ends at once' | 'hangs' | 'cannot be made' = 'lives';
  /** How many threads were made, or were to be. */
  starts = 0;
  readonly #ends: (() => void)[] = [];

  protected override connect() {
    const connect = super.connect();
    return (listener: Parameters<typeof connect>[0]) => {
      this.starts++;
      if (this.fate === 'cannot be made') throw new RangeError('no more threads');
      const { fate } = this;
      const connection = connect(fate === 'lives' ? listener : { ...listener, started: () => {} });
      // Its jobs wait for it, and can be taken back.
      if (fate === 'hangs') Object.assign(connection, { submit: () => 0, keepsJobs: false });
      if (fate === 'ends at once') connection.end();
      else this.#ends.push(() => connection.end());
      return connection;
    };
  }

  /** Ends the threads that live, as if by themselves. */
  async endThreads(): Promise<void> {
    for (const end of this.#ends.splice(0)) end();
    await this.settle();
  }

  /** Lets what threads have to say arrive. */
  async settle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
