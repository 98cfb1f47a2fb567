import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { PhaseOrder, PhaseReport } from './messages.ts';

/** A client that takes this much longer than it was told to is taken for hung. */
const PATIENCE_MS = 60_000;

/** The server's view of the client process. */
export class ClientProcess {
  readonly #child: ChildProcess;

  constructor(origin: string, paths: readonly string[]) {
    this.#child = fork(fileURLToPath(new URL('./main.ts', import.meta.url)), [origin, ...paths], {
      serialization: 'advanced',
    });
  }

  /**
   * Has the client keep up its load for one phase.
   *
   * @throws Error when the client process ends or does not report in time.
   */
  phase(order: PhaseOrder): Promise<PhaseReport> {
    const child = this.#child;
    return new Promise((resolve, reject) => {
      const ended = (code: number | null, signal: string | null): void => {
        settle();
        reject(new Error(`The client process ended in the phase "${order.name}" (${signal ?? `exit code ${code}`}).`));
      };
      const failed = (error: Error): void => {
        settle();
        reject(new Error(`The client process could not be reached in the phase "${order.name}".`, { cause: error }));
      };
      const reported = (report: unknown): void => {
        settle();
        resolve(report as PhaseReport);
      };
      const deadline = setTimeout(() => {
        settle();
        reject(
          new Error(`The client process was silent for ${PATIENCE_MS} ms after the end of the phase "${order.name}".`),
        );
      }, order.milliseconds + PATIENCE_MS);
      const settle = (): void => {
        clearTimeout(deadline);
        child.off('exit', ended).off('error', failed).off('message', reported);
      };
      child.once('exit', ended).once('error', failed).once('message', reported);
      if (child.exitCode !== null || child.signalCode !== null) ended(child.exitCode, child.signalCode);
      else child.send(order);
    });
  }

  /** Ends the client process. */
  stop(): void {
    if (this.#child.connected) this.#child.disconnect();
  }
}
