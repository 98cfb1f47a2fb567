import type { Debugger } from 'node:inspector';
import type { ProgramDebugger } from './debugger.ts';

export type Pause = Debugger.PausedEventDataType;

/** How to let the program go on. */
export type Going = 'Debugger.stepOver' | 'Debugger.stepInto' | 'Debugger.stepOut' | 'Debugger.resume';

/** The program stands still again, or its loop has turned without that. */
export interface Next {
  readonly pause: Pause | undefined;
  /** How long it ran, in milliseconds. */
  readonly ms: number;
}

/** The standstills of the program while one of its calls is watched. */
export class Pauses {
  readonly #inspector: ProgramDebugger;
  #waiting: ((pause: Pause | undefined) => void) | undefined;

  constructor(inspector: ProgramDebugger) {
    this.#inspector = inspector;
  }

  /** Whether somebody waits for the next one. */
  get isAwaited(): boolean {
    return this.#waiting !== undefined;
  }

  async after(going: Going): Promise<Next> {
    const next = new Promise<Pause | undefined>((resolve) => {
      this.#waiting = resolve;
    });
    await this.#inspector.post(going);
    // V8 has prepared the functions that it may stop in by now, for which it goes through all of its heap (Node 20).
    const began = performance.now();
    const pause = await next;
    return { pause, ms: performance.now() - began };
  }

  /** Hands on a standstill; undefined where none will come. */
  settle(pause: Pause | undefined): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(pause);
  }
}
