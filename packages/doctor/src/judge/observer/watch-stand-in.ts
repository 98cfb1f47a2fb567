import type { Observation } from '../messages.ts';
import type { StandInRecord } from '../stand-in.ts';
import { describedCall } from './described-call.ts';
import type { Handle } from './debugger.ts';
import type { Watched } from './watched.ts';

const INSTALL =
  'function (id, isGlobal, holder, name) { return this.standIns.install(id, isGlobal ? globalThis : holder, name); }';
const REMOVE = 'function (id) { return this.standIns.remove(id); }';

/**
 * Has a native function's call watched by a function that stands in for it, from the beginning of the statement that
 * it is in until it is called, or the loop turns.
 */
export async function watchStandIn(watched: Watched): Promise<Observation | undefined> {
  const { id, plan, inspector, pauses, pause } = watched;
  const { site, own } = plan;
  const [frame] = pause.callFrames;
  const name = site.callee?.split('.').at(-1)?.trim();
  if (frame === undefined || name === undefined) return undefined;
  const isGlobal = site.receiver === undefined;
  const holder: Handle | undefined = isGlobal ? {} : await inspector.read(frame, site.receiver ?? '');
  const isInstalled = await inspector.measure<boolean>(INSTALL, { value: id }, { value: isGlobal }, holder ?? {}, {
    value: name,
  });
  if (!isInstalled) return undefined;
  await pauses.after('Debugger.resume');
  const record = await inspector.measure<StandInRecord | undefined>(REMOVE, { value: id });
  if (record === undefined) return undefined;
  const { beginning, result, hasThrown, runMs } = record;
  return {
    ...describedCall(watched, beginning),
    isBlind: false,
    arguments: beginning.arguments,
    result,
    derivedText: undefined,
    seen: hasThrown ? 'none' : 'result',
    hasThrown,
    runMs,
    // What the program did beside the call is in what is known of that.
    starvedMs: 0,
    loop: own?.loop === undefined ? undefined : { ...own.loop, turns: undefined },
  };
}
