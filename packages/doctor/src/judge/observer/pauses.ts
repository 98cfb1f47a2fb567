import type { Debugger } from 'node:inspector';
import { ProcessorWait } from '../../run/processor-wait.ts';
import type { ProgramDebugger } from './debugger.ts';

export type Pause = Debugger.PausedEventDataType;

/** How to let the program go on. */
export type Going = 'Debugger.stepOver' | 'Debugger.stepInto' | 'Debugger.stepOut' | 'Debugger.resume';

/** The program stands still again, or its loop has turned without that. */
export interface Next {
  readonly pause: Pause | undefined;
  /** How long it ran, in milliseconds. */
  readonly ms: number;
  /** For how much of that it, or who timed it, had no processor, as far as anybody knows. */
  readonly starvedMs: number;
}

/** Up to V8 11 (Node 20), V8 goes through all of its heap to prepare the functions that it may stop in. */
const searchesHeap = Number.parseInt(process.versions.v8, 10) < 12;

/** The standstills of the program while one of its calls is watched. */
export class Pauses {
  readonly #inspector: ProgramDebugger;
  #waiting: ((pause: Pause | undefined) => void) | undefined;
  #idleMs = 0;
  readonly #program = new ProcessorWait('main');
  readonly #own = new ProcessorWait('this');

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
    const before = this.#figures();
    // This thread may hear of the program going on when that has run for long: what matters is when it was let go.
    let start = now();
    await this.#inspector.post(going);
    if (searchesHeap) start = now();
    const pause = await next;
    const end = now();
    const ms = end.ms - start.ms;
    this.#idleMs += Math.max(0, ms - (end.workedMs - start.workedMs));
    const after = this.#figures();
    // This thread may have heard late that the program stands still; but what the program worked, it worked.
    const starvedMs = Math.max(0, Math.min(ms - (after.ranMs - before.ranMs), after.waitedMs - before.waitedMs));
    return { pause, ms, starvedMs };
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

  /** How long the program's thread has run, and how long it and this one have waited for a processor. */
  #figures(): { readonly ranMs: number; readonly waitedMs: number } {
    const { ranMs, waitedMs } = this.#program.read() ?? { ranMs: 0, waitedMs: 0 };
    return { ranMs, waitedMs: waitedMs + (this.#own.milliseconds() ?? 0) };
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
