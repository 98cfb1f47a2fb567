import type { Debugger } from 'node:inspector';
import type { Observation, Report, Subject } from '../messages.ts';
import { ProgramDebugger } from './debugger.ts';
import { type Pause, Pauses } from './pauses.ts';
import { type Plan, planFor } from './plan.ts';
import { watchCall } from './watch-call.ts';
import { watchEntry } from './watch-entry.ts';
import { watchStandIn } from './watch-stand-in.ts';
import type { Watched } from './watched.ts';

/** A place whose next call is waited for. */
interface Armed {
  readonly id: number;
  readonly plan: Plan;
  /** Where that is, as a text. */
  readonly at: string;
  readonly breakpointId: string;
  readonly deadline: NodeJS.Timeout;
}

/** A place whose call is waited for already, for another place: it has its turn afterwards. */
interface Queued {
  readonly at: string;
  readonly arm: () => void;
}

/** The longest that the result of an async function is waited for, in milliseconds. */
const AWAIT_MS = 5_000;

/** Waits for the next calls of places, and watches one call at a time. */
export class Observatory {
  readonly #report: (report: Report) => void;
  readonly #inspector: ProgramDebugger;
  readonly #pauses: Pauses;
  readonly #armed = new Map<string, Armed>();
  #queued: Queued[] = [];
  /** The call that is watched. */
  #current: { readonly armed: Armed; giveUp: NodeJS.Timeout | undefined } | undefined;
  /** Orders are carried out one after the other. */
  #last: Promise<void> = Promise.resolve();
  #arming = 0;
  #isClosed = false;

  /** @param measure under which symbol the program's thread has what measures there */
  constructor(measure: string, report: (report: Report) => void) {
    this.#inspector = new ProgramDebugger(measure, (pause) => void this.#paused(pause));
    this.#pauses = new Pauses(this.#inspector);
    this.#report = report;
  }

  /** Waits for the next call of a place, for so many milliseconds. */
  arm(id: number, subject: Subject, forMs: number): Promise<void> {
    this.#arming += 1;
    this.#last = this.#last.then(async () => {
      const from = Date.now();
      try {
        await this.#arm(id, subject, forMs);
      } catch (error) {
        this.#report({ kind: 'failed', id, why: messageOf(error), isFinal: false });
      } finally {
        this.#report({ kind: 'held', from, to: Date.now() });
        this.#arming -= 1;
        this.#closeIfIdle();
      }
    });
    return this.#last;
  }

  /** The loop has turned since the call was begun: a call that is not over by now has thrown. */
  turned(id: number): void {
    const current = this.#current;
    if (current?.armed.id !== id) return;
    const { plan } = current.armed;
    const isAwaited = plan.kind === 'call' && !plan.isStandIn && plan.site.sinks.isAwaited;
    if (isAwaited) current.giveUp = setTimeout(() => this.#pauses.settle(undefined), AWAIT_MS);
    else this.#pauses.settle(undefined);
  }

  close(): void {
    this.#isClosed = true;
    for (const { deadline } of this.#armed.values()) clearTimeout(deadline);
    clearTimeout(this.#current?.giveUp);
    this.#armed.clear();
    this.#queued = [];
    this.#inspector.close();
  }

  async #arm(id: number, subject: Subject, forMs: number): Promise<void> {
    if (this.#isClosed) return;
    await this.#inspector.open();
    // Where the call of a place was not seen, one around it is waited for instead.
    for (const armed of this.#armed.values()) {
      if (armed.id === id && armed !== this.#current?.armed) await this.#disarm(armed);
    }
    const plan = await planFor(this.#inspector, subject);
    if (typeof plan === 'string') {
      this.#report({ kind: 'failed', id, why: plan, isFinal: true });
      return;
    }
    const { positions, script } = plan.read;
    const offset = startOf(plan);
    const location = { scriptId: script.scriptId, ...positions.at(offset) };
    const at = JSON.stringify(location);
    if ([...this.#armed.values()].some((armed) => armed.at === at)) {
      this.#queued.push({ at, arm: () => void this.arm(id, subject, forMs) });
      return;
    }
    const { breakpointId } = await this.#inspector.post<Debugger.SetBreakpointReturnType>('Debugger.setBreakpoint', {
      location,
    });
    const deadline = setTimeout(() => void this.#expire(breakpointId), forMs);
    this.#armed.set(breakpointId, { id, plan, at, breakpointId, deadline });
    this.#report({ kind: 'armed', id });
  }

  async #expire(breakpointId: string): Promise<void> {
    const armed = this.#armed.get(breakpointId);
    if (armed === undefined || this.#current?.armed === armed) return;
    await this.#disarm(armed);
    this.#report({
      kind: 'failed',
      id: armed.id,
      why: 'It was not called again while it was waited for.',
      isFinal: false,
    });
    this.#closeIfIdle();
  }

  async #disarm({ at, breakpointId, deadline }: Armed): Promise<void> {
    clearTimeout(deadline);
    this.#armed.delete(breakpointId);
    await this.#inspector.post('Debugger.removeBreakpoint', { breakpointId }).catch(() => {});
    const next = this.#queued.filter((queued) => queued.at === at);
    this.#queued = this.#queued.filter((queued) => queued.at !== at);
    for (const { arm } of next) arm();
  }

  async #paused(pause: Pause): Promise<void> {
    if (this.#pauses.isAwaited) {
      this.#pauses.settle(pause);
      return;
    }
    const armed = this.#current === undefined ? this.#hit(pause) : undefined;
    try {
      // Also where somebody's `debugger` statement stands: nobody looks.
      if (armed !== undefined) await this.#watch(armed, pause);
    } finally {
      await this.#inspector.post('Debugger.resume').catch(() => {});
      this.#closeIfIdle();
    }
  }

  #hit({ hitBreakpoints = [] }: Pause): Armed | undefined {
    return hitBreakpoints.map((id) => this.#armed.get(id)).find((armed) => armed !== undefined);
  }

  async #watch(armed: Armed, pause: Pause): Promise<void> {
    const { id } = armed;
    const from = Date.now();
    this.#current = { armed, giveUp: undefined };
    // Comes in when the loop has turned.
    this.#report({ kind: 'began', id });
    try {
      // What the call itself runs into must not stop it.
      await this.#inspector.post('Debugger.setBreakpointsActive', { active: false });
      // A function with a breakpoint is slow. To have the caller without one, V8 would look through its whole heap, while
      // the call is timed.
      if (armed.plan.kind === 'entry') await this.#disarm(armed);
      this.#pauses.takeIdleMs();
      const observation = await this.#observe(armed, pause);
      if (observation === undefined) throw new Error('The call could not be looked at.');
      this.#report({ kind: 'observed', id, observation, idleMs: this.#pauses.takeIdleMs() });
    } catch (error) {
      this.#report({ kind: 'failed', id, why: messageOf(error), isFinal: false });
    } finally {
      this.#report({ kind: 'held', from, to: Date.now() });
      clearTimeout(this.#current.giveUp);
      this.#current = undefined;
      await this.#disarm(armed);
      await this.#inspector.release().catch(() => {});
      await this.#inspector.post('Debugger.setBreakpointsActive', { active: true }).catch(() => {});
    }
  }

  #observe({ id, plan }: Armed, pause: Pause): Promise<Observation | undefined> {
    const inspector = this.#inspector;
    if (plan.kind === 'entry') return watchEntry(id, plan, pause, inspector, this.#pauses);
    const watched: Watched = { id, plan, inspector, pauses: this.#pauses, pause };
    return plan.isStandIn ? watchStandIn(watched) : watchCall(watched);
  }

  #closeIfIdle(): void {
    if (this.#armed.size === 0 && this.#arming === 0 && this.#current === undefined) this.#inspector.close();
  }
}

/** Where to stop. */
function startOf(plan: Plan): number {
  if (plan.kind === 'entry') return plan.own.lookAt;
  return plan.isStandIn ? plan.site.statementStart : plan.site.position;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
