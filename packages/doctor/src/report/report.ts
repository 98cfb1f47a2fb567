import type { BlockKind, StackFrame } from 'heddle/watchdog';
import { type Judgement, unknown } from '../judge/judgement.ts';
import type { CallNode } from '../run/call-tree.ts';
import type { RecordedBlock, RecordedProcess } from '../run/read-records.ts';
import { placeKey, STUCK_EVERY_MS } from '../run/records.ts';
import { byPlace } from './by-place.ts';
import { mergedTree } from './merged-tree.ts';
import { sourceLine } from './source-line.ts';

/** Changes when a name or a meaning does; what is added does not change it. */
export const REPORT_VERSION = 1;

/** What the doctor found: what `--json` writes. Times are milliseconds, moments those of `Date.now()`. */
export interface Report {
  readonly version: typeof REPORT_VERSION;
  /** The program and its arguments; of an attached one, what the process was started with. */
  readonly command: readonly string[];
  readonly began: number;
  readonly duration: number;
  /** How long the loop may stand still before that is a block. */
  readonly threshold: number;
  /** How the program ended; both `null` where it runs on. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** How long the loop stood still in blocks; of several processes, all together. */
  readonly blocked: number;
  /** The longest block. */
  readonly longest: number;
  /** The worst first. */
  readonly places: readonly Place[];
  /** In the order of time. */
  readonly blocks: readonly Block[];
  /** The longest time between two turns of the loop, second by second. */
  readonly delays: readonly Delay[];
  readonly processes: readonly Process[];
  /** What ran while the loop stood still, by the profiler's samples. */
  readonly calls: CallNode;
  /** What could not be had. */
  readonly notes: readonly string[];
}

/** A line of code that blocks. */
export interface Place {
  /** A path; empty where nobody could tell. */
  readonly file: string;
  readonly line: number;
  /** 0 where only the line is known. */
  readonly column: number;
  readonly functionName: string;
  /** The call of a package, of Node or of JavaScript that took the time: `hashSync` of `bcryptjs`. */
  readonly call: string | null;
  readonly callee: string | null;
  /** The line's text, where it can be read. */
  readonly source: string | null;
  readonly kind: BlockKind | null;
  readonly count: number;
  readonly total: number;
  readonly longest: number;
  /** Of the longest block; the innermost call first. */
  readonly stack: readonly StackFrame[];
  /** What to write instead; `null` only where nothing was to be judged. */
  readonly judgement: Judgement | null;
}

export interface Block {
  readonly pid: number;
  readonly began: number;
  readonly duration: number;
  readonly kind: BlockKind | null;
  /** Its index in `places`. */
  readonly place: number;
  /** Whether it was before the loop turned for the first time. */
  readonly atStart: boolean;
  /** Whether the process ended in it. */
  readonly isUnfinished: boolean;
}

export interface Delay {
  readonly pid: number;
  readonly at: number;
  readonly longest: number;
}

export interface Process {
  readonly pid: number;
  readonly node: string;
  readonly command: readonly string[];
  readonly blocks: number;
  readonly blocked: number;
}

/** What is known of a run beside what its processes wrote. */
export interface Run {
  readonly command: readonly string[];
  readonly began: number;
  readonly ended: number;
  readonly threshold: number;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly notes: readonly string[];
  /** Whether places were judged. */
  readonly isJudging: boolean;
}

/** As many blocks and delays as a page can show; of more, the longest stay. */
const MOST = 5000;

/** Puts together what the processes of a program wrote. */
export function reportOf(run: Run, processes: readonly RecordedProcess[]): Report {
  const found = processes.flatMap(({ pid, blocks }) => blocks.map((block) => withEnd({ pid, ...block }, run.ended)));
  const judgements = judgementsOf(processes);
  const sorted = byPlace(found).sort((a, b) => total(b) - total(a));
  const index = new Map(sorted.flatMap((blocks, place) => blocks.map((block) => [block, place])));
  return {
    version: REPORT_VERSION,
    command: run.command,
    began: run.began,
    duration: run.ended - run.began,
    threshold: run.threshold,
    exitCode: run.exitCode,
    signal: run.signal,
    blocked: rounded(total(found)),
    // Of a long run there are more blocks than a function can be given.
    longest: found.reduce((most, { duration }) => Math.max(most, duration), 0),
    places: sorted.map((blocks) => placeOf(blocks, run.isJudging ? judgementOf(blocks, judgements) : null)),
    blocks: longestOf(found, ({ duration }) => duration)
      .sort((a, b) => a.began - b.began)
      .map((block) => blockOf(block, index.get(block) ?? 0)),
    delays: longestOf(
      processes.flatMap(({ pid, delays }) => delays.map(({ at, longest }) => ({ pid, at, longest }))),
      ({ longest }) => longest,
    ).sort((a, b) => a.at - b.at),
    processes: processes.map(processOf),
    calls: mergedTree(found.map(({ tree }) => tree).filter((tree) => tree !== undefined)),
    notes: [...run.notes, ...processes.flatMap(({ pid, failure }) => (failure ? [notWatched(pid, failure)] : []))],
  };
}

/** What one process could not find out, another one of the program may have. */
function judgementsOf(processes: readonly RecordedProcess[]): Map<string, Judgement> {
  const found = new Map<string, Judgement>();
  for (const [key, judgement] of processes.flatMap(({ judgements }) => [...judgements])) {
    if ((found.get(key)?.verdict ?? 'unknown') === 'unknown') found.set(key, judgement);
  }
  return found;
}

/** A place may go by several names, of which one has been judged. */
function judgementOf(blocks: readonly Found[], judgements: ReadonlyMap<string, Judgement>): Judgement {
  const found = blocks
    .map(({ place }) => place && judgements.get(placeKey(place)))
    .filter((judgement) => judgement !== undefined);
  return found.find(({ verdict }) => verdict !== 'unknown') ?? found[0] ?? unknown(whyUnknown(blocks));
}

function whyUnknown(blocks: readonly Found[]): string {
  if (blocks.every(({ place }) => place === undefined)) return 'Nobody can tell which code it was.';
  if (blocks.every(({ isUnfinished }) => isUnfinished)) return 'It was not over when the process ended.';
  if (blocks.every(({ place }) => place?.callee === 'heddle')) return 'It is what Heddle itself does.';
  return 'The watch ended before another call could be looked at.';
}

type Found = RecordedBlock & { readonly pid: number };

/** A block that never ended lasted until the process did: it was no more alive when its next record was due. */
function withEnd(block: Found, ended: number): Found {
  if (!block.isUnfinished) return block;
  const { began, duration } = block;
  return { ...block, duration: Math.max(duration, Math.min(ended - began, duration + STUCK_EVERY_MS)) };
}

const total = (blocks: readonly Found[]): number => blocks.reduce((sum, { duration }) => sum + duration, 0);
const rounded = (milliseconds: number): number => Math.round(milliseconds * 10) / 10;

function longestOf<Item>(items: readonly Item[], length: (item: Item) => number): Item[] {
  return [...items].sort((a, b) => length(b) - length(a)).slice(0, MOST);
}

function placeOf(blocks: readonly Found[], judgement: Judgement | null): Place {
  const [longest] = longestOf(blocks, ({ duration }) => duration) as [Found];
  const { place, stack, duration } = longest;
  return {
    file: place?.file ?? '',
    line: place?.line ?? 0,
    column: place?.column ?? 0,
    functionName: place?.functionName ?? '',
    call: place?.call ?? null,
    callee: place?.callee ?? null,
    source: place === undefined ? null : sourceLine(place.file, place.line),
    kind: longest.kind ?? null,
    count: blocks.length,
    total: rounded(total(blocks)),
    longest: rounded(duration),
    stack,
    judgement,
  };
}

function blockOf({ pid, began, duration, kind, atStart, isUnfinished }: Found, place: number): Block {
  return { pid, began, duration: rounded(duration), kind: kind ?? null, place, atStart, isUnfinished };
}

function processOf({ pid, start, blocks }: RecordedProcess): Process {
  const blocked = rounded(blocks.reduce((sum, { duration }) => sum + duration, 0));
  return { pid, node: start?.node ?? '', command: start?.command ?? [], blocks: blocks.length, blocked };
}

function notWatched(pid: number, failure: string): string {
  return `Process ${pid} ran, but could not be watched: ${failure}`;
}
