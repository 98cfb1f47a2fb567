import type { Beginning } from '../measure.ts';
import type { Observation } from '../messages.ts';
import type { ProgramDebugger } from './debugger.ts';
import type { Pause, Pauses } from './pauses.ts';
import type { Plan } from './plan.ts';
import { readNumber } from './watched.ts';

const BEGIN = 'function (id, f, args) { return this.begin(id, f, undefined, args ?? []); }';

/**
 * Looks at a function that has just been entered, called by Node or by a package: what it got, how often its loop will
 * turn, and when it is left.
 */
export async function watchEntry(
  id: number,
  { frame: index, place, own }: Extract<Plan, { kind: 'entry' }>,
  { callFrames: [frame] }: Pause,
  inspector: ProgramDebugger,
  pauses: Pauses,
): Promise<Observation | undefined> {
  if (frame === undefined) return undefined;
  const args = own.isSimple
    ? await inspector.read(frame, `[${own.parameters.join(', ')}]`)
    : own.isArrow
      ? undefined
      : await inspector.read(frame, 'Array.prototype.slice.call(arguments)');
  const f = own.name === undefined ? undefined : await inspector.read(frame, own.name);
  const turns = own.turns === undefined ? undefined : await readNumber(inspector, frame, own.turns);
  const beginning = await inspector.measure<Beginning>(BEGIN, { value: id }, f ?? {}, args ?? {});
  const { ms, starvedMs } = await pauses.after('Debugger.stepOut');
  return {
    kind: 'entry',
    frame: index,
    place,
    text: `${own.name ?? ''}(${own.parameters.join(', ')})`,
    callee: own.name,
    receiver: undefined,
    argumentTexts: own.parameters,
    isInAsync: own.isAsync,
    isNew: false,
    isGetter: own.isGetter,
    isBlind: false,
    hasFunction: beginning.hasFunction,
    arguments: args === undefined ? own.parameters.map(() => undefined) : beginning.arguments,
    on: undefined,
    isOnHeir: false,
    result: undefined,
    derivedText: undefined,
    seen: 'none',
    hasThrown: false,
    isPromise: own.isAsync,
    runMs: ms,
    starvedMs,
    loop: own.loop === undefined ? undefined : { ...own.loop, turns },
  };
}
