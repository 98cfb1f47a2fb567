import type { Program } from 'acorn';
import type { CompiledPlace, Subject } from '../messages.ts';
import { type CallSite, findCall } from './call-site.ts';
import type { ProgramDebugger, Script } from './debugger.ts';
import { functionAt, type OwnFunction } from './own-loop.ts';
import { parseScript } from './syntax.ts';
import { TextPositions } from './text-position.ts';

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
      readonly read: ReadScript;
      readonly place: CompiledPlace;
      readonly site: CallSite;
      /** The function of the program's own that it leads to, where its code is what blocked. */
      readonly own: OwnFunction | undefined;
      readonly isStandIn: boolean;
    }
  /** The beginning of a function that something else than the program's own code calls. */
  | { readonly kind: 'entry'; readonly read: ReadScript; readonly place: CompiledPlace; readonly own: OwnFunction };

/** Finds out what to watch the next time; a sentence where there is nothing. */
export async function planFor(
  inspector: ProgramDebugger,
  { frames, call, isLoop, isStandIn }: Subject,
): Promise<Plan | string> {
  const [innermost, ...outer] = frames;
  if (innermost === undefined) return 'No code of the program itself was running.';
  const read = await readScript(inspector, innermost.script);
  if (read === undefined) return `The code of ${innermost.script} cannot be read.`;
  const offset = offsetOf(read, innermost);
  const own = functionAt(read.program, read.source, offset);
  // Of a loop's own code that blocks, the call that happened to be made is only a part.
  const isOwnLoop = isLoop ? own?.loop !== undefined : call === undefined && own?.isInLoop === true;
  const site = isOwnLoop ? undefined : findCall(read.program, read.source, { offset, name: call, within: own });
  if (site !== undefined)
    return { kind: 'call', read, place: placeOf(read, site, innermost), site, own: undefined, isStandIn };
  if (own === undefined) return 'It is the top-level code of its module, which runs once.';
  for (const frame of own.isGetter ? [] : outer) {
    const readOuter = frame.script === innermost.script ? read : await readScript(inspector, frame.script);
    if (readOuter === undefined) continue;
    const name = own.name ?? (innermost.functionName === '' ? undefined : innermost.functionName.split('.').at(-1));
    const outerOffset = offsetOf(readOuter, frame);
    const outerSite = findCall(readOuter.program, readOuter.source, {
      offset: outerOffset,
      name: frame === outer[0] ? name : undefined,
      within: functionAt(readOuter.program, readOuter.source, outerOffset),
    });
    if (outerSite === undefined) continue;
    return {
      kind: 'call',
      read: readOuter,
      place: placeOf(readOuter, outerSite, frame),
      site: outerSite,
      own,
      isStandIn,
    };
  }
  return { kind: 'entry', read, place: innermost, own };
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
  return { ...frame, line: lineNumber + 1, column: columnNumber + 1 };
}
