import type { Debugger } from 'node:inspector';
import type { Handle, ProgramDebugger } from './debugger.ts';
import type { Pause, Pauses } from './pauses.ts';
import type { Plan } from './plan.ts';

/** A call that the program stands before. */
export interface Watched {
  readonly id: number;
  readonly plan: Extract<Plan, { kind: 'call' }>;
  readonly inspector: ProgramDebugger;
  readonly pauses: Pauses;
  readonly pause: Pause;
}

/** More steps than any expression should take. */
export const STEPS = 16;

const TEXT = "function (f) { return typeof f === 'function' ? Function.prototype.toString.call(f) : ''; }";
const ARROW = /^(?:async\b\s*)?(?:([\p{ID_Start}$_][\p{ID_Continue}$]*)|\(([^()]*)\))\s*=>/u;

const MEMBER = `function (object, name) {
  for (let owner = Object(object); owner !== null; owner = Object.getPrototypeOf(owner)) {
    const property = Object.getOwnPropertyDescriptor(owner, name);
    if (property !== undefined) return property.value;
  }
}`;

/** What is called, without calling a getter. Of a module's namespace V8 takes any reading for a side effect. */
export async function readCallee(
  inspector: ProgramDebugger,
  frame: Debugger.CallFrame,
  callee: string | undefined,
  on: Handle | undefined,
): Promise<Handle | undefined> {
  if (callee === undefined) return undefined;
  const read = await inspector.read(frame, callee);
  if (read !== undefined || on === undefined) return read;
  return inspector.handle(MEMBER, on, { value: callee.split('.').at(-1)?.trim() });
}

/** The frame of a function that was entered from the call. */
export function enteredFrom(before: Pause, after: Pause | undefined): Debugger.CallFrame | undefined {
  return after?.callFrames.length === before.callFrames.length + 1 ? after.callFrames[0] : undefined;
}

/** The frame that the call was made in, where the program stands still in it again. */
export function frameIn({ plan, pause: before }: Watched, pause: Pause | undefined): Debugger.CallFrame | undefined {
  const [frame] = pause?.callFrames ?? [];
  const [own] = before.callFrames;
  if (frame === undefined || own === undefined || !isSamePlace(frame.functionLocation, own.functionLocation)) {
    return undefined;
  }
  // What goes on after an await has another stack below it.
  return pause?.callFrames.length === before.callFrames.length || plan.site.sinks.isAwaited ? frame : undefined;
}

function isSamePlace(one?: Debugger.Location, other?: Debugger.Location): boolean {
  return (
    one !== undefined &&
    one.scriptId === other?.scriptId &&
    one.lineNumber === other.lineNumber &&
    one.columnNumber === other.columnNumber
  );
}

export function isWithin(offset: number, ranges: readonly { readonly start: number; readonly end: number }[]): boolean {
  return ranges.some(({ start, end }) => start <= offset && offset < end);
}

/** A function's text; empty where it is none. */
export function textOf(inspector: ProgramDebugger, f: Handle | undefined): Promise<string> {
  return inspector.measure<string>(TEXT, f ?? {});
}

/**
 * The arguments of a call whose function has just been entered, as one list. An arrow function has no `arguments` of
 * its own: its parameters are read, where they are plain names.
 *
 * @param text the function's
 * @returns undefined where they cannot be read
 */
export async function argumentsAtEntry(
  inspector: ProgramDebugger,
  entered: Debugger.CallFrame,
  text: string,
): Promise<Handle | undefined> {
  // Without the text nobody can tell whose `arguments` these would be.
  if (text === '') return undefined;
  const arrow = ARROW.exec(text);
  if (arrow !== null) return inspector.read(entered, `[${arrow[1] ?? arrow[2] ?? ''}]`);
  // What an arrow function's text begins with can be more than the pattern knows: default values with brackets in them.
  return /^[^{]*=>/.test(text) ? undefined : inspector.read(entered, 'Array.prototype.slice.call(arguments)');
}

/** A number that an expression gives in a frame. */
export async function readNumber(
  inspector: ProgramDebugger,
  frame: Debugger.CallFrame,
  text: string,
): Promise<number | undefined> {
  const read = await inspector.read(frame, text);
  return typeof read?.value === 'number' ? read.value : undefined;
}
