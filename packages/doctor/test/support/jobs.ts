// What the tests run in threads.
import { setTimeout as elapse } from 'node:timers/promises';

/** Goes on until the memory says that it may end. */
export function waitForGate(gate: Int32Array, _secret?: unknown): string {
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
  Atomics.wait(gate, 1, 0);
  return 'result-secret';
}

export function add(a: number, b: number): number {
  return a + b;
}

export function failWithSecret(): never {
  throw Object.assign(new RangeError('message-secret'), { code: 'E_FAILED', detail: 'property-secret' });
}

/** Holds a job in its thread. */
export class Gate {
  readonly shared: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(8));

  /** Waits until a job is held. */
  async reached(): Promise<void> {
    while (Atomics.load(this.shared, 0) === 0) await elapse(5);
  }

  open(): void {
    Atomics.store(this.shared, 1, 1);
    Atomics.notify(this.shared, 1);
  }
}
