import type { Debugger } from 'node:inspector';
import type { Beginning } from '../measure.ts';
import type { Observation } from '../messages.ts';
import type { Handle } from './debugger.ts';
import { watchEnd, watchReceiver } from './watch-end.ts';
import type { Receiver } from './sinks.ts';
import { enter, isEnterable, toEnd } from './steps.ts';
import { argumentsAtEntry, readCallee, readNumber, textOf, type Watched } from './watched.ts';

const BEGIN = 'function (id, f, isOn, on, args) { return this.begin(id, f, isOn ? on : undefined, args ?? []); }';

/**
 * Watches the call that the program stands before: its arguments are measured here, its result where the program has
 * put it. The function called is left alone, so that it runs as fast as ever; only where its arguments cannot be read
 * without calling something is its entry looked at.
 */
export async function watchCall(watched: Watched): Promise<Observation | undefined> {
  const { id, plan, inspector, pause } = watched;
  const { site, own } = plan;
  const [frame] = pause.callFrames;
  if (frame === undefined) return undefined;
  const on = site.receiver === undefined ? undefined : await inspector.read(frame, site.receiver);
  const f = await readCallee(inspector, frame, site.callee, on);
  const turns = own?.turns === undefined ? undefined : await countTurns(watched, frame, own.turns, own.parameters);
  const begin = (args: Handle | undefined): Promise<Beginning> =>
    inspector.measure(BEGIN, { value: id }, f ?? {}, { value: on !== undefined }, on ?? {}, args ?? {});
  const isNative = (await textOf(inspector, f)).endsWith('{ [native code] }');
  const receiver = await readReceiver(watched, frame);
  let args = site.areReadable ? await inspector.read(frame, `[${site.args.join(', ')}]`) : undefined;
  const entry = args === undefined ? await enter(watched, f) : undefined;
  if (entry?.entered !== undefined) args = await argumentsAtEntry(inspector, entry.entered, entry.text);
  const beginning = await begin(args);
  // Entered in vain, the call is over.
  const isOver = entry !== undefined && entry.entered === undefined;
  const received = isOver || receiver === undefined ? undefined : await watchReceiver(watched, receiver);
  const ending =
    received ??
    (await watchEnd(
      watched,
      isOver ? entry.next : await toEnd(watched, entry === undefined ? 'Debugger.stepOver' : 'Debugger.stepOut'),
    ));
  return {
    kind: 'call',
    place: plan.place,
    text: site.text,
    callee: site.callee,
    receiver: site.receiver,
    argumentTexts: site.args,
    isInAsync: site.isInAsync,
    isNew: site.isNew,
    isGetter: false,
    isBlind: isNative && (args === undefined || (ending.seen === 'none' && !ending.hasThrown)),
    hasFunction: beginning.hasFunction,
    arguments: args === undefined ? site.args.map(() => undefined) : beginning.arguments,
    on: beginning.on,
    isPromise: site.sinks.isAwaited,
    loop: own?.loop === undefined ? undefined : { ...own.loop, turns },
    ...ending,
  };
}

/** The innermost call around this one that can be entered: others are native, and nobody sees what they get. */
async function readReceiver(
  { plan, inspector }: Watched,
  frame: Debugger.CallFrame,
): Promise<(Receiver & { readonly f: Handle }) | undefined> {
  const { callee, sinks } = plan.site;
  for (const receiver of sinks.receivers) {
    // A call of itself would be taken for this one.
    if (receiver.callee === callee) return undefined;
    const f = await inspector.read(frame, receiver.callee);
    if (f !== undefined && isEnterable(f, await textOf(inspector, f))) return { ...receiver, f };
  }
  return undefined;
}

/** How often the loop of the function that is called will turn, read from what it will be called with. */
async function countTurns(
  { plan, inspector }: Watched,
  frame: Debugger.CallFrame,
  turns: string,
  parameters: readonly string[],
): Promise<number | undefined> {
  const uses = (name: string): boolean => /^[\w$]+$/.test(name) && nameIn(name).test(turns);
  const index = parameters.findIndex(uses);
  const given = plan.site.args[index];
  if (given === undefined) return undefined;
  const text = turns.replaceAll(nameIn(parameters[index] as string), () => `(${given})`);
  return readNumber(inspector, frame, text);
}

function nameIn(name: string): RegExp {
  return new RegExp(String.raw`(?<![\w$.])${name.replaceAll('$', String.raw`\$`)}(?![\w$])`, 'g');
}
