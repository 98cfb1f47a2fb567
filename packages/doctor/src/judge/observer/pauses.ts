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

/** Up to V8 11 (Node 20), V8 goes through all of its heap to prepare the functions that it may stop in. */
const searchesHeap = Number.parseInt(process.versions.v8, 10) < 12;

/** The standstills of the program while one of its calls is watched. */
export class Pauses {
  readonly #inspector: ProgramDebugger;
  #waiting: ((pause: Pause | undefined) => void) | undefined;
  #idleMs = 0;

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
    // This thread may hear of the program going on when that has run for long: what matters is when it was let go.
    let start = now();
    await this.#inspector.post(going);
    if (searchesHeap) start = now();
    const pause = await next;
    const end = now();
    const ms = end.ms - start.ms;
    this.#idleMs += Math.max(0, ms - (end.workedMs - start.workedMs));
    return { pause, ms };
  }

  /**
   * For how long the program has waited since it was asked last, or had no processor, in milliseconds. What else goes on
   * in its process hides that.
   */
  takeIdleMs(): number {
    const idleMs = this.#idleMs;
    this.#idleMs = 0;
    return idleMs;
  }

  /** Hands on a standstill; undefined where none will come. */
  settle(pause: Pause | undefined): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(pause);
  }
}

function now(): { readonly ms: number; readonly workedMs: number } {
  const { user, system } = process.cpuUsage();
  return { ms: performance.now(), workedMs: (user + system) / 1_000 };
}
