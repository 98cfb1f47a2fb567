import { type BlockedLoop, type Culprit, culpritOf, frameAt, type StackFrame } from 'heddle/watchdog';
import { type CallName, callTree, type ProfiledFunction, type Sampled, type SampledStack } from './call-tree.ts';
import { functionSource, offsetOf } from './function-source.ts';
import { isOwnScript } from './own-script.ts';
import type { BlockRecord, PlaceRecord } from './records.ts';
import { definitionOf, type SampledCulprit, sampledCulprit } from './sampled-culprit.ts';

/** What is said of a block, by the profiler's samples and, where it was there, by the watch of the loop. */
export type Assessment = Pick<BlockRecord, 'kind' | 'place' | 'stack' | 'tree'> & {
  readonly culprit: Culprit | undefined;
  /** The share of the culprit's function in what the profiler saw, from 0 to 1. */
  readonly share: number;
};

/** A smaller share of what ran than that is no proof against a watch that saw another function. */
const CERTAIN_SHARE = 0.5;

export function assess(sampled: Sampled, watched?: BlockedLoop): Assessment {
  const found = sampledCulprit(sampled);
  const { culprit, stack } = agreed(found, watched);
  return {
    kind: watched === undefined || watched.kind === 'unknown' ? kindOf(sampled, found) : watched.kind,
    culprit,
    share: found?.share ?? 0,
    place: culprit && placeRecord(culprit),
    stack,
    tree: sampled.stacks.length === 0 ? undefined : callTree(sampled.stacks, described),
  };
}

/**
 * When a program starts, it loads its modules, and every program does that: only what its own code does apart from that
 * is of interest.
 *
 * @param isFirst whether the loop has never turned before: then there is nothing but loading and the program's own code
 */
export function withoutLoading(sampled: Sampled, isFirst: boolean): Sampled {
  const stacks = sampled.stacks.filter((stack) => !isLoading(stack, isFirst));
  if (!isFirst && stacks.length === sampled.stacks.length) return sampled;
  const own = stacks.reduce((total, { milliseconds }) => total + milliseconds, 0);
  return { ...sampled, stacks, busy: own, garbageCollection: 0 };
}

const LOADER = /^node:internal\/modules\//;

function isLoading({ functions }: SampledStack, isFirst: boolean): boolean {
  if (!isFirst && !functions.some(({ script }) => LOADER.test(script))) return false;
  const culprit = culpritOf(functions.map(definitionOf));
  return culprit === undefined || culprit.frame.origin !== 'own' || culprit.callee === 'node:module';
}

export function placeRecord({ frame, call, callee }: Culprit): PlaceRecord {
  const { file, line, column, functionName } = frame;
  return { file, line, column, functionName, call, callee };
}

/** The watch has seen one moment, but with all its lines; the profiler many, but lines of the innermost call alone. */
function agreed(
  found: SampledCulprit | undefined,
  watched: BlockedLoop | undefined,
): { culprit: Culprit | undefined; stack: BlockRecord['stack'] } {
  if (watched?.culprit === undefined || isOwnScript(watched.culprit.frame.script))
    return { culprit: found?.culprit, stack: found?.stack ?? watched?.stack ?? [] };
  const { culprit, stack } = watched;
  if (found === undefined) return { culprit, stack };
  if (isInside(found, culprit.frame)) {
    // The watch's line is that of another call, where the profiler has seen another one for most of the time.
    const isSameCall = found.culprit.call === culprit.call;
    const isMoreExact = isSameCall ? found.culprit.frame.column === 0 || !found.isLineCertain : !found.isLineCertain;
    if (!isMoreExact || isEntry(culprit.frame, found))
      return { culprit: found.culprit, stack: withCallers(found, culprit, stack) };
    return { culprit: withName(culprit, found), stack };
  }
  // The watch has met one of very many, another one each time; the profiler knows which takes most.
  if (isOfMany(watched)) return { culprit: found.culprit, stack: found.stack };
  // The profiler does not always know of a function that V8 has put into its caller; the watch knows the whole stack.
  const isInlined = stack.some((frame) => isInside(found, frame));
  if (isInlined) return { culprit, stack };
  return found.share < CERTAIN_SHARE ? { culprit, stack } : { culprit: found.culprit, stack: found.stack };
}

/** Whether no single function was what blocked. */
function isOfMany({ kind }: BlockedLoop): boolean {
  return kind === 'microtasks' || kind === 'timers' || kind === 'immediates';
}

/** The profiler knows of the functions around the culprit's where they begin; the watch, where they made the calls. */
function withCallers(
  { culprit, stack }: SampledCulprit,
  watched: Culprit,
  watchedStack: BlockRecord['stack'],
): BlockRecord['stack'] {
  const own = watchedStack.indexOf(watched.frame);
  return own < 0 ? stack : [...stack.slice(0, stack.indexOf(culprit.frame) + 1), ...watchedStack.slice(own + 1)];
}

/** Where a function begins, V8 looks whether somebody wants to interrupt it: most of a short one's time is elsewhere. */
function isEntry({ file, line, column }: StackFrame, { defined }: SampledCulprit): boolean {
  return file === defined.file && line === defined.line && column === defined.column;
}

/** Whether a frame is one of the culprit's function. */
function isInside({ defined, culprit }: SampledCulprit, frame: StackFrame): boolean {
  if (frame.file !== defined.file) return false;
  const source = functionSource(defined);
  if (source === undefined) return frame.functionName === culprit.frame.functionName;
  const offset = offsetOf(frame);
  return offset >= source.offset && offset <= source.offset + source.code.length;
}

/** A bundler's short names are the profiler's to repair: it knows where functions begin. */
function withName(culprit: Culprit, found: SampledCulprit): Culprit {
  return { ...culprit, frame: { ...culprit.frame, functionName: found.culprit.frame.functionName } };
}

/** A call that makes much garbage is to blame for its collection, unless that takes nearly all of the time. */
const MOSTLY = 0.8;

function kindOf({ busy, garbageCollection }: Sampled, found: SampledCulprit | undefined): BlockRecord['kind'] {
  if (busy === 0) return undefined;
  if (garbageCollection > busy * MOSTLY) return 'garbage collection';
  return found?.kind ?? 'code';
}

function described(one: ProfiledFunction): CallName {
  const { functionName, file, line, origin } = one.script === '' ? frameAt(one) : definitionOf(one);
  const place = file === '' ? '' : line < 1 ? file : `${file}:${line}`;
  return { name: functionName === '' ? '(anonymous)' : functionName, place, origin };
}
