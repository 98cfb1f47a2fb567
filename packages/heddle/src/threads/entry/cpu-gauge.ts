import { BoundedMap } from '../wire/bounded-map.ts';
import { MOST_KNOWN_FUNCTIONS } from '../wire/most-known-functions.ts';

/** In microseconds. A shorter run is not worth the call of the operating system that measures it. */
const WORTH_MEASURING = 1_000;

/** Node 20 cannot tell. */
const threadCpuUsage = (process as { threadCpuUsage?: () => { readonly user: number; readonly system: number } })
  .threadCpuUsage;

/**
 * Measures how much processor time jobs take. That asks the operating system twice a job, half a microsecond each time, so
 * it is done for functions only whose last run was long.
 */
export class CpuGauge {
  readonly #long = new BoundedMap<number, true>(2 * MOST_KNOWN_FUNCTIONS);
  #began = -1;

  /** A job of this function begins; no other is on its way. */
  begins(functionId: number): void {
    this.#began = this.#long.has(functionId) ? now() : -1;
  }

  /** @returns the microseconds that it has taken; negative where that was not measured */
  ends(functionId: number, microseconds: number): number {
    const taken = this.#began < 0 ? -1 : now() - this.#began;
    this.#began = -1;
    if (threadCpuUsage === undefined) return -1;
    if (microseconds >= WORTH_MEASURING) this.#long.set(functionId, true);
    else this.#long.delete(functionId);
    return taken;
  }
}

function now(): number {
  const { user, system } = (threadCpuUsage as NonNullable<typeof threadCpuUsage>)();
  return user + system;
}
