import type { Debugger } from 'node:inspector';
import type { Copy } from '../measure.ts';
import type { Observation } from '../messages.ts';
import { type Handle, handleOf } from './debugger.ts';
import type { Next, Pause } from './pauses.ts';
import type { Receiver, Sink } from './sinks.ts';
import { enter } from './steps.ts';
import { argumentsAtEntry, frameIn, isWithin, STEPS, type Watched } from './watched.ts';

/** How a watched call ended. */
export type Ending = Pick<Observation, 'runMs' | 'starvedMs' | 'hasThrown' | 'result' | 'seen' | 'derivedText'>;

const LOST: Ending = {
  runMs: undefined,
  starvedMs: 0,
  hasThrown: false,
  result: undefined,
  seen: 'none',
  derivedText: undefined,
};
const COPY = 'function (value) { return this.copy(value, "result"); }';
const COPY_OF = 'function (list, index) { return this.copy(list[index], "result"); }';

/** Follows the program from the end of the call to where its result can be seen. */
export async function watchEnd(watched: Watched, first: Next): Promise<Ending> {
  const { plan, pauses } = watched;
  const { sinks } = plan.site;
  const lost: Ending = { ...LOST, runMs: first.ms, starvedMs: first.starvedMs };
  let { pause } = first;
  // Somebody above has caught what was thrown, or the program was not seen again. The time is that of the call all the same.
  if (frameIn(watched, pause) === undefined) return { ...lost, hasThrown: isAbove(watched, pause) };
  for (let step = 0; step < STEPS; step++) {
    const frame = frameIn(watched, pause);
    if (frame === undefined || pause === undefined) break;
    const offset = plan.read.positions.offsetOf(frame.location);
    if (isWithin(offset, sinks.handlers)) return { ...lost, hasThrown: true };
    if (!isWithin(offset, [sinks.whole]) || frame.returnValue !== undefined) {
      const sink = sinks.result ?? sinks.derived;
      const { start, end } = sinks.whole;
      const isResult = sinks.result !== undefined;
      const derivedText = isResult ? undefined : plan.read.source.slice(start, end);
      return { ...lost, derivedText, ...(await readSink(watched, frame, sink, isResult)) };
    }
    ({ pause } = await pauses.after('Debugger.stepOver'));
  }
  return lost;
}

/** Whether the program stands still in what had called the code around the call, or in what had called that. */
function isAbove({ pause: before }: Watched, pause: Pause | undefined): boolean {
  const depth = pause?.callFrames.length ?? 0;
  return depth > 0 && depth < before.callFrames.length;
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

/** Waits for the result where a function around the call gets it as an argument; undefined where that cannot be entered. */
export async function watchReceiver(
  watched: Watched,
  { f, index, isResult, text }: Receiver & { readonly f: Handle },
): Promise<Ending | undefined> {
  const entry = await enter(watched, f);
  if (entry === undefined) return undefined;
  const { entered, next } = entry;
  const lost: Ending = { ...LOST, runMs: next.ms, starvedMs: next.starvedMs };
  if (entered === undefined) return { ...lost, hasThrown: isAbove(watched, next.pause) };
  const args = await argumentsAtEntry(watched.inspector, entered, entry.text);
  if (args === undefined) return lost;
  const result = await watched.inspector.measure<Copy>(COPY_OF, args, { value: index });
  return { ...lost, result, ...(isResult ? { seen: 'result' } : { seen: 'made of it', derivedText: text }) };
}
