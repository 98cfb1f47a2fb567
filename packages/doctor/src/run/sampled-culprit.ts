import { type Culprit, culpritOf, frameAt, type StackFrame } from 'heddle/watchdog';
import type { ProfiledFunction, Sampled, SampledStack } from './call-tree.ts';
import {
  builtInCallIn,
  callsIn,
  functionSource,
  matches,
  onlyLoopIn,
  nameInSource,
  type SourcePlace,
  zlibCallIn,
} from './function-source.ts';
import { pathOf } from './script-path.ts';

/** Who is to blame, by what the profiler saw. */
export interface SampledCulprit {
  readonly culprit: Culprit;
  /** Where the definition of the culprit's function begins in its source. */
  readonly defined: SourcePlace;
  /** Whether the culprit's line is known: otherwise it is that of the definition, or the best guess. */
  readonly isLineCertain: boolean;
  /** What it was, by its innermost call. */
  readonly kind: 'code' | 'native call' | 'regular expression';
  /** How much of what ran it was, from 0 to 1. */
  readonly share: number;
  /** The heaviest of its stacks, the innermost call first. */
  readonly stack: readonly StackFrame[];
}

const frames = new Map<string, StackFrame>();

/** A function's frame at its definition, with the name that it has in its source. */
export function definitionOf(one: ProfiledFunction): StackFrame {
  const key = `${one.functionName}\n${one.script}:${one.line}:${one.column}`;
  let frame = frames.get(key);
  if (frame === undefined) frames.set(key, (frame = named(frameAt(one))));
  return frame;
}

function named(frame: StackFrame): StackFrame {
  // Of the top of a module, the place is not told.
  if (frame.scriptLine < 1 || !isBuilt(frame)) return frame;
  return { ...frame, functionName: nameInSource(frame) ?? frame.functionName };
}

/** Whether what V8 compiled was built from the source. */
function isBuilt({ line, scriptLine, column, scriptColumn, file, script }: StackFrame): boolean {
  return line !== scriptLine || column !== scriptColumn || pathOf(script) !== file;
}

/** Where nothing was built, a place in the source is one in what V8 compiled. */
function compiledToo(frame: StackFrame): StackFrame {
  const { script, file, line, column } = frame;
  return pathOf(script) === file ? { ...frame, scriptLine: line, scriptColumn: column } : frame;
}

/** The function in which most of the time was spent, and the call in it. */
export function sampledCulprit({ stacks, busy }: Sampled): SampledCulprit | undefined {
  const candidates = stacks.map(candidate).filter((one) => one !== undefined);
  const ofFunction = heaviest(candidates, ({ key }) => key);
  const ofCall = heaviest(ofFunction, ({ culprit: { call, callee } }) => `${call}\n${callee}`);
  const [first] = heaviest(ofCall, ({ stack: { line }, culprit: { call } }) => (call === undefined ? line : 0));
  if (first === undefined) return undefined;
  const [itself] = heaviest(
    ofFunction.filter(
      ({ frames, culprit, stack }) => frames[0] === culprit.frame && isLineOf(culprit.frame, stack.line),
    ),
    ({ stack: { line } }) => line,
  );
  const place = placeOf(first, itself?.stack.line ?? 0);
  const frame = compiledToo({ ...first.culprit.frame, ...place.at });
  const callee = place.callee ?? first.culprit.callee;
  return {
    culprit: { frame, call: place.call, callee, text: textOf(frame, place.call, callee) },
    defined: first.culprit.frame,
    isLineCertain: place.isCertain,
    kind: kindOf(first, place),
    share: sum(ofFunction) / busy,
    stack: first.whole.map((one) => (one === first.culprit.frame ? frame : one)),
  };
}

function kindOf(
  { frames, isRegularExpression }: Candidate,
  { call, callee, isBuiltIn }: FoundPlace,
): SampledCulprit['kind'] {
  if (isRegularExpression || (isBuiltIn && callee === undefined && matches(call ?? ''))) return 'regular expression';
  return isBuiltIn || frames[0]?.origin === 'node' ? 'native call' : 'code';
}

interface Candidate {
  readonly key: string;
  readonly culprit: Culprit;
  readonly stack: SampledStack;
  /** Without the regular expression that ran. */
  readonly frames: readonly StackFrame[];
  readonly whole: readonly StackFrame[];
  readonly isRegularExpression: boolean;
  readonly milliseconds: number;
}

function candidate(stack: SampledStack): Candidate | undefined {
  const whole = stack.functions.map(definitionOf);
  // V8 gives each expression a function of its own, named after its source.
  const isRegularExpression = whole[0]?.script === '' && whole[0].functionName.startsWith('RegExp: ');
  const frames = isRegularExpression ? whole.slice(1) : whole;
  const culprit = culpritOf(frames);
  if (culprit === undefined) return undefined;
  const { script, scriptLine, scriptColumn } = culprit.frame;
  const key = `${script}:${scriptLine}:${scriptColumn}`;
  return { key, culprit, stack, frames, whole, isRegularExpression, milliseconds: stack.milliseconds };
}

const sum = (candidates: readonly Candidate[]): number =>
  candidates.reduce((total, { milliseconds }) => total + milliseconds, 0);

/** Of the candidates those that have in common what, all in all, took longest; its longest first. */
function heaviest(candidates: readonly Candidate[], common: (one: Candidate) => string | number): Candidate[] {
  const groups = new Map<string | number, Candidate[]>();
  for (const one of candidates) {
    const key = common(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  const [most = []] = [...groups.values()].sort((a, b) => sum(b) - sum(a));
  return [...most].sort((a, b) => b.milliseconds - a.milliseconds);
}

interface FoundPlace {
  readonly at: Partial<StackFrame>;
  readonly call: string | undefined;
  readonly callee?: string;
  readonly isCertain: boolean;
  /** Whether the call is one that no profile has. */
  readonly isBuiltIn?: true;
}

/**
 * Profiles tell of a function where it begins, and of the innermost one the lines that ran. Which line made a call is
 * therefore looked for in the source.
 *
 * @param ownLine the line that ran most often in the culprit's function itself; 0 where none did
 */
function placeOf({ culprit, stack, frames }: Candidate, ownLine: number): FoundPlace {
  const { frame } = culprit;
  if (frame.origin !== 'own') return { at: {}, call: culprit.call, isCertain: false };
  const source = functionSource(frame);
  const isZlib = culprit.call === 'syncBufferWrapper' && culprit.callee === 'node:zlib' && source !== undefined;
  const call = (isZlib ? zlibCallIn(source) : undefined) ?? culprit.call;
  if (call === undefined) {
    const at = knownLine(frame, stack.line);
    const builtIn = source === undefined ? undefined : builtInCallIn(source, at?.line);
    if (builtIn === undefined) {
      const loop = source === undefined ? undefined : onlyLoopIn(source);
      return { at: at ?? loop ?? {}, call, isCertain: at !== undefined };
    }
    const { name, place, callee } = builtIn;
    return { at: place, call: name, isCertain: true, isBuiltIn: true, ...(callee === undefined ? {} : { callee }) };
  }
  // A function of Node's inside, without a script, counts its lines in its caller.
  const isCallers = frames[0]?.script === '' && frames[1] === frame;
  const at = isCallers ? knownLine(frame, stack.line) : undefined;
  const calls = source === undefined ? [] : callsIn(source, call.split('.').at(-1) ?? call);
  const [found, ...others] = at === undefined ? calls : calls.filter(({ line }) => line === at.line);
  if (found !== undefined && others.length === 0) return { at: found, call, isCertain: true };
  if (at !== undefined) return { at, call, isCertain: true };
  const guess = knownLine(frame, ownLine);
  const loop = source === undefined ? undefined : onlyLoopIn(source);
  const likeliest = calls.find(({ line }) => line === (guess ?? loop)?.line);
  return { at: likeliest ?? guess ?? found ?? {}, call, isCertain: false };
}

/** The line of the source; none where all of a function was built into one line, of which a profile has no columns. */
function knownLine(frame: StackFrame, line: number): (Partial<StackFrame> & { line: number }) | undefined {
  if (!isLineOf(frame, line) || (line === frame.scriptLine && isBuilt(frame))) return undefined;
  return lineIn(frame, line);
}

/** Whether a line can be one of the function's: V8 counts those of what it has put in the place of a call as well. */
function isLineOf(frame: StackFrame, line: number): boolean {
  if (line < 1) return false;
  const source = isBuilt(frame) ? undefined : functionSource(frame);
  if (source === undefined) return true;
  const first = Math.max(1, frame.line);
  return first <= line && line < first + source.code.split('\n').length;
}

/** A line of the script that a frame is in, led back to the source. */
function lineIn(frame: StackFrame, line: number): Partial<StackFrame> & { line: number } {
  const { script, functionName } = frame;
  // Of a line without a column, the source map's last entry is as good as its first, and never before its beginning.
  const { file, line: sourceLine } = frameAt({ functionName, script, line, column: isBuilt(frame) ? 1000 : 1 });
  return { file, line: sourceLine, column: 0, scriptLine: line, scriptColumn: 0 };
}

function textOf(frame: StackFrame, call: string | undefined, callee: string | undefined): string {
  const place = `${frame.file.split(/[/\\]/).at(-1)}:${frame.line}`;
  if (call === undefined) return `${frame.functionName || '(anonymous)'} in ${place}`;
  return `${call}${callee === undefined ? '' : ` of ${callee}`}, ${frame.origin === 'own' ? 'called in' : 'in'} ${place}`;
}
