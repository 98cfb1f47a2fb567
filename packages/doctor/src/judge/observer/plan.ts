import type { Program } from 'acorn';
import type { CompiledPlace, Subject } from '../messages.ts';
import { type CallSite, findCall } from './call-site.ts';
import type { ProgramDebugger, Script } from './debugger.ts';
import { functionAt, type OwnFunction } from './own-loop.ts';
import { parseScript } from './syntax.ts';
import { TextPositions } from './text-position.ts';

const OUTERMOST = "No call of the program's own is around it.";

/** A script, read. */
export interface ReadScript {
  readonly script: Script;
  readonly source: string;
  readonly program: Program;
  readonly positions: TextPositions;
}

/** What to watch. */
export type Plan =
  /** A call in the program's own code. */
  | {
      readonly kind: 'call';
      /** The index of the frame that it is in. */
      readonly frame: number;
      readonly read: ReadScript;
      readonly place: CompiledPlace;
      readonly site: CallSite;
      /** The function of the program's own that it leads to, where its code is what blocked. */
      readonly own: OwnFunction | undefined;
      readonly isStandIn: boolean;
    }
  /** The beginning of a function that something else than the program's own code calls. */
  | {
      readonly kind: 'entry';
      readonly frame: number;
      readonly read: ReadScript;
      readonly place: CompiledPlace;
      readonly own: OwnFunction;
    };

/** Finds out what to watch the next time; a sentence where there is nothing. */
export async function planFor(
  inspector: ProgramDebugger,
  { frames, from, isStandIn }: Subject,
): Promise<Plan | string> {
  const inner = Math.max(0, from - 1);
  const innermost = frames[inner];
  if (innermost === undefined) return 'No code of the program itself was running.';
  const read = await readScript(inspector, innermost.script);
  if (read === undefined) return `The code of ${innermost.script} cannot be read.`;
  const offset = offsetOf(read, innermost);
  const own = functionAt(read.program, read.source, offset);
  if (from === 0 && !(innermost.call === undefined && own?.isInLoop === true)) {
    const site = findCall(read.program, read.source, { offset, name: innermost.call, within: own });
    if (site !== undefined) {
      const place = placeOf(read, site, innermost);
      return { kind: 'call', frame: 0, read, place, site, own: undefined, isStandIn };
    }
  }
  if (own === undefined) return withoutFunction(innermost, from);
  for (const [index, frame] of own.isGetter ? [] : [...frames.entries()].slice(inner + 1)) {
    const readOuter = frame.script === innermost.script ? read : await readScript(inspector, frame.script);
    if (readOuter === undefined) continue;
    const isOfOwn = index === inner + 1 && frame.isOfOwn;
    const outerOffset = offsetOf(readOuter, frame);
    const site = findCall(readOuter.program, readOuter.source, {
      offset: outerOffset,
      // A minified function has another name in stacks.
      name: (isOfOwn ? own.name : undefined) ?? frame.call,
      within: functionAt(readOuter.program, readOuter.source, outerOffset),
    });
    if (site === undefined) continue;
    const place = placeOf(readOuter, site, frame);
    // A package in between may have called the function any number of times: its loop is not what took the time.
    const blocking = from === 0 || isOfOwn ? own : undefined;
    return { kind: 'call', frame: index, read: readOuter, place, site, own: blocking, isStandIn };
  }
  // How often something else than the program calls a function without a loop is not to be seen.
  if (from > 0 && own.loop === undefined) return OUTERMOST;
  return { kind: 'entry', frame: inner, read, place: innermost, own };
}

/** A place is not always known to the column, and many a source is one line: what has a name is no top of a module. */
function withoutFunction({ functionName }: CompiledPlace, from: number): string {
  if (functionName === '')
    return `${from === 0 ? 'It' : 'Around it'} is the top-level code of its module, which runs once.`;
  return `${from === 0 ? 'Its function' : 'The function around it'} was not found at the place that is known of it.`;
}

async function readScript(inspector: ProgramDebugger, name: string): Promise<ReadScript | undefined> {
  const script = inspector.script(name);
  if (script === undefined) return undefined;
  const source = await inspector.sourceOf(script);
  const program = parseScript(source);
  return program === undefined ? undefined : { script, source, program, positions: new TextPositions(source) };
}

function offsetOf({ positions }: ReadScript, { line, column }: CompiledPlace): number {
  return positions.offsetOf({ lineNumber: line - 1, columnNumber: Math.max(0, column - 1) });
}

function placeOf({ positions }: ReadScript, { position }: CallSite, frame: CompiledPlace): CompiledPlace {
  const { lineNumber, columnNumber } = positions.at(position);
  const { functionName, script } = frame;
  return { functionName, script, line: lineNumber + 1, column: columnNumber + 1 };
}
