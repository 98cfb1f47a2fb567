import { constants } from 'node:os';

/** The signals that ask a program to end. SIGBREAK is Ctrl-Break on Windows. */
const stopSignals: readonly NodeJS.Signals[] =
  process.platform === 'win32' ? ['SIGINT', 'SIGTERM', 'SIGBREAK'] : ['SIGINT', 'SIGTERM'];

/** Listens to the signals that ask the program to end, while the reactor runs. */
export class Signals {
  #remove: (() => void) | undefined;

  install(onSignal: (signal: NodeJS.Signals) => void): void {
    for (const signal of stopSignals) process.on(signal, onSignal);
    this.#remove = () => {
      for (const signal of stopSignals) process.off(signal, onSignal);
    };
  }

  remove(): void {
    this.#remove?.();
    this.#remove = undefined;
  }
}

/** The exit code by which shells tell that a signal ended a program. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
