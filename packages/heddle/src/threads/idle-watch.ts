import { clearTimeout, setTimeout, now } from '../defer/node-timers.ts';
import { outsideOfCalls } from '../defer/outside-of-calls.ts';
import type { Team } from './team.ts';

/** Node's longest timer. Who wants threads to stay longer gets another look at them then. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Ends a team's threads that have had nothing to do for a while. Keeps no process alive. */
export class IdleWatch {
  readonly #team: Team;
  readonly #timeout: number;
  #timer: NodeJS.Timeout | undefined;

  /** @param timeout milliseconds; Infinity never ends one */
  constructor(team: Team, timeout: number) {
    this.#team = team;
    this.#timeout = timeout;
  }

  /** A thread has become idle, or the limits have changed. */
  look(): void {
    const { idleSince, staying, min } = this.#team;
    if (this.#timer !== undefined || idleSince === undefined || staying <= min) return;
    if (this.#timeout === Number.POSITIVE_INFINITY) return;
    const left = Math.max(1, idleSince + this.#timeout - now());
    this.#timer = outsideOfCalls(() => setTimeout(() => this.#end(), Math.min(left, LONGEST_TIMER)).unref());
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #end(): void {
    this.#timer = undefined;
    this.#team.endIdle(now() - this.#timeout);
    this.look();
  }
}
