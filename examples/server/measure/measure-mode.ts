import type { Mode, PhaseReport } from '../client/messages.ts';
import type { ClientProcess } from '../client/process.ts';
import { withLoopDelay } from './loop-delay.ts';
import { type ModeSummary, summarize } from './summary.ts';

export interface ModeMeasurement {
  /** The warm-up's report and the measured one: every answer is checked, only the measured ones are counted. */
  readonly reports: readonly PhaseReport[];
  readonly summary: ModeSummary;
}

/** Measures one mode: a short warm-up, in which code is compiled and threads start, and then the phase that counts. */
export async function measureMode(client: ClientProcess, mode: Mode, seconds: number): Promise<ModeMeasurement> {
  const milliseconds = seconds * 1000;
  const warmUp = await client.phase({
    name: `${mode}, warming up`,
    mode,
    milliseconds: Math.min(2000, milliseconds / 4),
  });
  const { result, loopDelay } = await withLoopDelay(() => client.phase({ name: mode, mode, milliseconds }));
  return { reports: [warmUp, result], summary: summarize(result, loopDelay) };
}
