import type { Profiler } from 'node:inspector';
import type { StackFrame } from 'heddle/watchdog';
import { SAMPLING_MS } from './profile-windows.ts';

/** A function as the profiler knows it. Lines and columns count from 1; 0 where there is none. */
export interface ProfiledFunction {
  readonly functionName: string;
  /** A URL or a path; empty for what is built into JavaScript or Node. */
  readonly script: string;
  /** Where its definition begins. */
  readonly line: number;
  readonly column: number;
}

/** One stack that was seen, and for how long. */
export interface SampledStack {
  /** The innermost first. */
  readonly functions: readonly ProfiledFunction[];
  readonly milliseconds: number;
  /** The line that ran in the innermost function that has lines; 0 where that is not known. */
  readonly line: number;
}

/** What was seen between two moments. */
export interface Sampled {
  readonly stacks: readonly SampledStack[];
  /** How long anything ran, whether its stack is known or not. */
  readonly busy: number;
  /** For how much of that the thread had a processor, or waited in the system, for sure. */
  readonly proven: number;
  readonly garbageCollection: number;
  /** How long the loop waited for something to happen. */
  readonly idle: number;
}

export type CallName = Pick<CallNode, 'name' | 'place' | 'origin'>;

/** Calls and what they called, for a flame graph. */
export interface CallNode {
  readonly name: string;
  /** Where it is defined, for people; empty where that says nothing. */
  readonly place: string;
  readonly origin: StackFrame['origin'];
  readonly milliseconds: number;
  readonly children: readonly CallNode[];
}

/** A thread that waits for a processor is not looked at: after a longer step than this one it may have done that. */
const PROVEN_STEP_MS = 2 * SAMPLING_MS;
/** After a longer silence the profiler itself had stopped, with the whole process: it is worth one look. */
const LONGEST_STEP_MS = 10 * SAMPLING_MS;

/**
 * Adds up the samples of a profile between two moments.
 *
 * @param from milliseconds on the scale of `process.hrtime()`
 * @param isLeftOut whether a function and all it calls are of no interest
 */
export function sampledBetween(
  profile: Profiler.Profile,
  from: number,
  to: number,
  isLeftOut: (one: ProfiledFunction) => boolean,
): Sampled {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const times = new Map<number, { milliseconds: number; proven: number }>();
  let at = profile.startTime;
  for (const [index, id] of (profile.samples ?? []).entries()) {
    const step = (profile.timeDeltas?.[index] ?? 0) / 1000;
    at += step * 1000;
    if (at / 1000 <= from || at / 1000 > to + SAMPLING_MS) continue;
    const counted = Math.min(step > LONGEST_STEP_MS ? SAMPLING_MS : step, at / 1000 - from);
    const { milliseconds = 0, proven = 0 } = times.get(id) ?? {};
    times.set(id, { milliseconds: milliseconds + counted, proven: proven + Math.min(counted, PROVEN_STEP_MS) });
  }
  const stacks: SampledStack[] = [];
  let busy = 0;
  let proven = 0;
  let idle = 0;
  let garbageCollection = 0;
  for (const [id, { milliseconds, proven: provenHere }] of times) {
    const name = nodes.get(id)?.callFrame.functionName;
    if (name === '(idle)') {
      idle += milliseconds;
      continue;
    }
    const functions: ProfiledFunction[] = [];
    for (let next: number | undefined = id; next !== undefined; next = parents.get(next)) {
      const node = nodes.get(next);
      if (node !== undefined && !isPseudo(node)) functions.push(profiledFunction(node));
    }
    if (functions.some(isLeftOut)) continue;
    busy += milliseconds;
    proven += provenHere;
    if (name === '(garbage collector)') garbageCollection += milliseconds;
    if (functions.length > 0) stacks.push({ functions, milliseconds, line: lineOf(nodes.get(id)) });
  }
  return { stacks, busy, proven, idle, garbageCollection };
}

function isPseudo({ callFrame: { functionName } }: Profiler.ProfileNode): boolean {
  return functionName.startsWith('(') && functionName !== '(anonymous)';
}

function profiledFunction({ callFrame }: Profiler.ProfileNode): ProfiledFunction {
  const { functionName, url, lineNumber, columnNumber } = callFrame;
  return {
    functionName: functionName === '(anonymous)' ? '' : functionName,
    script: url,
    line: url === '' ? 0 : lineNumber + 1,
    column: url === '' ? 0 : columnNumber + 1,
  };
}

/** The line that was seen most often. */
function lineOf(node: Profiler.ProfileNode | undefined): number {
  let line = 0;
  let most = 0;
  for (const tick of node?.positionTicks ?? []) {
    if (tick.ticks <= most) continue;
    most = tick.ticks;
    line = tick.line;
  }
  return line;
}

/** What is too short to be seen in a flame graph goes. */
const SMALLEST_SHARE = 0.005;

/** Puts stacks together that begin with the same calls. */
export function callTree(stacks: readonly SampledStack[], describe: (one: ProfiledFunction) => CallName): CallNode {
  interface Growing extends CallName {
    milliseconds: number;
    children: Map<string, Growing>;
  }
  const root: Growing = { name: '', place: '', origin: 'node', milliseconds: 0, children: new Map() };
  for (const { functions, milliseconds } of stacks) {
    let node = root;
    node.milliseconds += milliseconds;
    for (const one of functions.toReversed()) {
      const { functionName, script, line, column } = one;
      const key = `${functionName}\n${script}:${line}:${column}`;
      let child = node.children.get(key);
      if (child === undefined)
        node.children.set(key, (child = { ...describe(one), milliseconds: 0, children: new Map() }));
      child.milliseconds += milliseconds;
      node = child;
    }
  }
  const smallest = root.milliseconds * SMALLEST_SHARE;
  const finish = ({ name, place, origin, milliseconds, children }: Growing): CallNode => ({
    name,
    place,
    origin,
    milliseconds: Math.round(milliseconds * 10) / 10,
    children: [...children.values()].filter((child) => child.milliseconds >= smallest).map(finish),
  });
  return finish(root);
}
