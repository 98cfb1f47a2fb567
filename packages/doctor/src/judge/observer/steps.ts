import type { Debugger } from 'node:inspector';
import type { Handle } from './debugger.ts';
import type { Going, Next } from './pauses.ts';
import { enteredFrom, frameIn, isWithin, STEPS, textOf, type Watched } from './watched.ts';

/** The first line of the function called, or what came instead. */
export interface Entry {
  readonly next: Next;
  /** undefined where it was not called, or is over. */
  readonly entered: Debugger.CallFrame | undefined;
  readonly text: string;
}

/** Lets the program go on to the end of the call. Where its arguments stop it, it is only on its way there. */
export async function toEnd(watched: Watched, going: Exclude<Going, 'Debugger.resume'>): Promise<Next> {
  const { plan, pauses } = watched;
  const { site, read } = plan;
  for (let step = 0; ; step++) {
    const next = await pauses.after(step === 0 ? going : 'Debugger.stepOver');
    const frame = frameIn(watched, next.pause);
    if (frame === undefined || step >= STEPS) return next;
    const offset = read.positions.offsetOf(frame.location);
    if (offset !== site.position && !isWithin(offset, [site.brackets])) return next;
  }
}

/** Lets the program go on to the first line of the function; undefined where that is native, or not known. */
export async function enter(watched: Watched, f: Handle | undefined): Promise<Entry | undefined> {
  const text = await textOf(watched.inspector, f);
  if (!isEnterable(f, text)) return undefined;
  const next = await toFunction(watched, f.objectId);
  return { next, entered: enteredFrom(watched.pause, next.pause), text };
}

/** Whether a function has lines at which V8 can stop. */
export function isEnterable(f: Handle | undefined, text: string): f is Handle & { readonly objectId: string } {
  return f?.objectId !== undefined && text !== '' && !text.endsWith('{ [native code] }');
}

/** Lets the program go on to where the function is called from the watched frame; past other calls and other places. */
async function toFunction({ inspector, pauses, pause }: Watched, objectId: string): Promise<Next> {
  const { breakpointId } = await inspector.post<{ readonly breakpointId: string }>(
    'Debugger.setBreakpointOnFunctionCall',
    { objectId },
  );
  await inspector.post('Debugger.setBreakpointsActive', { active: true });
  let ms = 0;
  let starvedMs = 0;
  for (let step = 0; ; step++) {
    const next = await pauses.after('Debugger.resume');
    ms += next.ms;
    starvedMs += next.starvedMs;
    if (next.pause !== undefined && enteredFrom(pause, next.pause) === undefined && step < STEPS) continue;
    if (next.pause !== undefined) await inspector.post('Debugger.setBreakpointsActive', { active: false });
    await inspector.post('Debugger.removeBreakpoint', { breakpointId });
    return { pause: next.pause, ms, starvedMs };
  }
}
