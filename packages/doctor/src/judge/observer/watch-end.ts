import type { Debugger } from 'node:inspector';
import type { Copy } from '../measure.ts';
import type { Observation } from '../messages.ts';
import { type Handle, handleOf } from './debugger.ts';
import type { Next } from './pauses.ts';
import type { Sink } from './sinks.ts';
import { enter } from './steps.ts';
import { argumentsAtEntry, frameIn, isWithin, STEPS, type Watched } from './watched.ts';

/** How a watched call ended. */
export type Ending = Pick<Observation, 'runMs' | 'hasThrown' | 'result' | 'seen'>;

const COPY = 'function (value) { return this.copy(value, "result"); }';
const COPY_OF = 'function (list, index) { return this.copy(list[index], "result"); }';

/** Follows the program from the end of the call to where its result can be seen. */
export async function watchEnd(watched: Watched, first: Next): Promise<Ending> {
  const { plan, pauses } = watched;
  const { sinks } = plan.site;
  const runMs = first.ms;
  const lost: Ending = { runMs: undefined, hasThrown: false, result: undefined, seen: 'none' };
  let { pause } = first;
  // The loop turned, or somebody above has caught what was thrown. The time is that of the call all the same.
  if (frameIn(watched, pause) === undefined) return { ...lost, runMs, hasThrown: true };
  for (let step = 0; step < STEPS; step++) {
    const frame = frameIn(watched, pause);
    if (frame === undefined || pause === undefined) break;
    const offset = plan.read.positions.offsetOf(frame.location);
    if (isWithin(offset, sinks.handlers)) return { ...lost, runMs, hasThrown: true };
    if (!isWithin(offset, [sinks.whole]) || frame.returnValue !== undefined) {
      const sink = sinks.result ?? sinks.derived;
      return { ...lost, runMs, ...(await readSink(watched, frame, sink, sinks.result !== undefined)) };
    }
    ({ pause } = await pauses.after('Debugger.stepOver'));
  }
  return { ...lost, runMs };
}

async function readSink(
  { inspector }: Watched,
  frame: Debugger.CallFrame,
  sink: Sink | undefined,
  isResult: boolean,
): Promise<Partial<Ending>> {
  const seen = isResult ? 'result' : 'made of it';
  switch (sink?.kind) {
    case 'unused':
      return isResult ? { seen: 'unused' } : {};
    case 'variable': {
      const value = await inspector.read(frame, sink.text);
      return value === undefined ? {} : { seen, result: await inspector.measure<Copy>(COPY, value) };
    }
    case 'returned':
      if (frame.returnValue === undefined) return {};
      return { seen, result: await inspector.measure<Copy>(COPY, handleOf(frame.returnValue)) };
    default:
      return {};
  }
}

/** Waits for the result where the function around the call gets it as an argument; undefined where that is native. */
export async function watchReceiver(watched: Watched, receiver: Handle, index: number): Promise<Ending | undefined> {
  const entry = await enter(watched, receiver);
  if (entry === undefined) return undefined;
  const { entered, next, text } = entry;
  const lost: Ending = { runMs: next.ms, hasThrown: entered === undefined, result: undefined, seen: 'none' };
  if (entered === undefined) return lost;
  const args = await argumentsAtEntry(watched.inspector, entered, text);
  if (args === undefined) return lost;
  return { ...lost, seen: 'result', result: await watched.inspector.measure<Copy>(COPY_OF, args, { value: index }) };
}
