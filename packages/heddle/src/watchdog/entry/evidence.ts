import type { BlockKind } from '../blocked-loop.ts';
import { type Culprit, culpritOf } from '../culprit.ts';
import type { StackFrame } from '../stack-frame.ts';
import type { Sample } from './sample.ts';

/** What was seen of a block. */
export interface Evidence {
  readonly samples: readonly Sample[];
  /** When it was over, on the scale of the samples. */
  readonly end: number;
  /** For how long the loop did not turn, in milliseconds. */
  readonly duration: number;
  /** For how many of these the thread had no processor. */
  readonly starved: number;
  /** How many of them garbage collections took. */
  readonly collecting: number;
  readonly threshold: number;
  /** Whether the thread was asked at all, and did not answer where there is no sample. */
  readonly wasAsked: boolean;
}

/** What is to be said about it. */
export interface Verdict {
  readonly kind: BlockKind;
  readonly stack: readonly StackFrame[];
  readonly culprit: Culprit | undefined;
  /** The sample that the stack is from; -1 for none. */
  readonly sample: number;
}

/** Functions of Node's below which everything runs that a queue of its holds. */
const QUEUES: readonly (readonly [name: RegExp, kind: BlockKind])[] = [
  [/^(?:process\.)?(?:processTimers|listOnTimeout)$/, 'timers'],
  [/^(?:process\.)?processImmediate$/, 'immediates'],
  [/^(?:process\.)?(?:processTicksAndRejections|runMicrotasks|runNextTicks)$/, 'microtasks'],
];
const MATCHES = /^(?:RegExp\.|String\.(?:match|matchAll|replace|replaceAll|search|split)$)/;

/** Says what blocked the loop. `undefined` where nothing did: a turn may bring very many events of which none is long. */
export function judge(evidence: Evidence): Verdict | undefined {
  const { samples, collecting, duration, wasAsked } = evidence;
  for (const sample of samples) sample.excuse(collecting);
  const storm = stormKind(evidence);
  if (storm === 'events') return undefined;
  const told = mostTelling(evidence);
  const isCollecting = collecting > duration / 2;
  if (told === undefined) {
    const kind = isCollecting ? 'garbage collection' : (storm ?? kindWithoutStack(samples, wasAsked));
    return { kind, stack: [], culprit: undefined, sample: samples[0]?.id ?? -1 };
  }
  const { sample, culprit } = told;
  const kind = isCollecting ? 'garbage collection' : (storm ?? kindOf(told));
  return { kind, stack: sample.frames, culprit, sample: sample.id };
}

/**
 * Whether functions have come to their end while the loop did not turn, so that no single one is to blame: callbacks of
 * promises run when one ends.
 */
function stormKind({ samples: all, end, threshold }: Evidence): BlockKind | 'events' | undefined {
  // While callbacks of process.nextTick bring the next, those of promises have to wait.
  const samples = all.filter(({ isAmongTicks, asksForTick, microtask = end }) => {
    return !isAmongTicks || asksForTick || microtask < end;
  });
  const [first] = samples;
  if (first === undefined) return undefined;
  let seen = 0;
  for (const [index, sample] of samples.entries()) {
    const life = sample.lastsUntil(end) - sample.since;
    // One that is long enough by itself is to blame, whatever comes before and after it.
    if (life >= threshold) return undefined;
    seen += Math.min(life, Math.max(0, (samples[index + 1]?.since ?? end) - sample.since));
  }
  if (seen > (end - first.since) / 2) return undefined;
  return queueOf(samples, end);
}

function queueOf(samples: readonly Sample[], end: number): BlockKind | 'events' {
  const votes = new Map<BlockKind | 'events', number>();
  for (const sample of samples) {
    const kind = queueBelow(sample);
    votes.set(kind, (votes.get(kind) ?? 0) + 1);
  }
  const [[winner] = ['events' as const]] = [...votes].sort(([, a], [, b]) => b - a);
  // After each event Node runs these as well; where they go on and on, one of the two kinds keeps the other waiting.
  const bothRan = samples.some(({ at, microtask = end, tick = end }) => Math.max(microtask, tick) < (at + end) / 2);
  return winner === 'microtasks' && bothRan ? 'events' : winner;
}

/** A queue may be worked off within another, as what promises have to do between two timers: it is the inner one. */
function queueBelow({ frames }: Sample): BlockKind | 'events' {
  for (const { origin, functionName } of frames) {
    const queue = origin === 'node' && QUEUES.find(([name]) => name.test(functionName));
    if (queue) return queue[1];
  }
  // V8 itself runs what promises have to do, with no function of Node's below.
  return frames.at(-1)?.origin === 'node' ? 'events' : 'microtasks';
}

interface Told {
  readonly sample: Sample;
  readonly culprit: Culprit | undefined;
}

/** The sample that stands for most of the time, and the culprit as far as the samples agree. */
function mostTelling({ samples, end, starved }: Evidence): Told | undefined {
  const groups = new Map<string, { weight: number; samples: Sample[] }>();
  // Time in which the thread had no processor is nobody's.
  const activeEnd = end - starved;
  let from = samples[0]?.activeSince ?? activeEnd;
  for (const [index, sample] of samples.entries()) {
    // Between two looks nobody knows when the one function ended and the other began: half of the time is each one's.
    const next = samples[index + 1]?.activeSince;
    const to = next === undefined ? activeEnd : (sample.activeSince + next) / 2;
    const weight = Math.max(0, Math.min(to, sample.lastsUntil(end) - sample.starvedBefore) - from) + 1;
    from = to;
    const key = functionKey(culpritOf(sample.frames));
    const group = groups.get(key) ?? { weight: 0, samples: [] };
    group.weight += weight;
    group.samples.push(sample);
    groups.set(key, group);
  }
  const byWeight = [...groups.values()].sort((a, b) => b.weight - a.weight);
  const nobodys = groups.get('');
  // Between two callbacks of a queue, it is Node's own code that is met. Where nobody answered for most of the time, it
  // was native code of somebody who has returned.
  const isBetween = nobodys !== byWeight[0] || !nobodys?.samples.some(({ isLate }) => isLate);
  const heaviest = byWeight.find((group) => group !== nobodys || groups.size === 1 || !isBetween);
  const sample = heaviest?.samples.at(-1);
  if (heaviest === undefined || sample === undefined || sample.frames.length === 0) return undefined;
  return agreed(heaviest.samples, sample);
}

/** Short calls of a long function are now these, now those: then it is the function itself. */
function agreed(samples: readonly Sample[], last: Sample): Told {
  const calls = new Map<string, Sample[]>();
  for (const sample of samples) {
    const call = culpritOf(sample.frames)?.call ?? '';
    calls.set(call, [...(calls.get(call) ?? []), sample]);
  }
  const [[call, same] = ['', [last]]] = [...calls].sort(([, a], [, b]) => b.length - a.length);
  const sample = same.at(-1) ?? last;
  const culprit = culpritOf(sample.frames);
  if (call === '' || same.length * 2 > samples.length || culprit === undefined) return { sample, culprit };
  const own = sample.frames.indexOf(culprit.frame);
  return { sample, culprit: culpritOf(sample.frames.slice(own)) };
}

/** Of what did not answer, native code ran on; of what was never asked, nobody can say anything. */
function kindWithoutStack(samples: readonly Sample[], wasAsked: boolean): BlockKind {
  if (samples.length === 0) return wasAsked ? 'native call' : 'unknown';
  return samples.some(({ isLate }) => isLate) ? 'native call' : 'code';
}

function kindOf({ sample, culprit }: Told): BlockKind {
  const [top] = sample.frames;
  const isAlone = culprit !== undefined && culprit.call === undefined && top !== culprit.frame;
  // Samples that do not agree about the call have found the function itself to be long.
  if (isAlone) return 'code';
  if (top?.origin === 'node')
    return top.script === '' && MATCHES.test(top.functionName) ? 'regular expression' : 'native call';
  return sample.isLate ? 'native call' : 'code';
}

/** Stays the same from one sample of a long function to the next. */
function functionKey(culprit: Culprit | undefined): string {
  if (culprit === undefined) return '';
  const { file, functionName, line } = culprit.frame;
  return `${file}:${functionName === '' ? line : functionName}`;
}

/** What a place is counted by. What timers call has the name of all others that they do. */
export function placeKey(culprit: Culprit | undefined): string {
  if (culprit === undefined) return '';
  const { functionName, line } = culprit.frame;
  const place = /^_on(?:Timeout|Immediate)$/.test(functionName) ? line : '';
  return `${functionKey(culprit)}:${place}:${culprit.call ?? ''}`;
}
