import type { BlockKind, StackFrame } from 'heddle/watchdog';
import type { Judgement } from '../judge/judgement.ts';
import type { CallNode } from './call-tree.ts';

/** Who is to blame for a block, as far as it is known: what a row of the report is about. */
export interface PlaceRecord {
  /** The source that it is written in: a path, or `node:…`; empty where nobody could tell. */
  readonly file: string;
  /** Counted from 1; 0 where there is none. */
  readonly line: number;
  /** Counted from 1; 0 where only the line is known. */
  readonly column: number;
  /** Empty for an anonymous function and for the top of a module. */
  readonly functionName: string;
  /** What it called of a package, of Node or of JavaScript: `'hashSync'`. */
  readonly call: string | undefined;
  /** Whose that is: `'bcryptjs'`, `'node:crypto'`. */
  readonly callee: string | undefined;
}

/** The first record of each process. */
export interface StartRecord {
  readonly type: 'start';
  readonly pid: number;
  readonly parent: number;
  readonly node: string;
  readonly command: readonly string[];
  /** `Date.now()` */
  readonly at: number;
}

/** A time that the loop did not turn. A later record of the same `id` takes the place of an earlier one. */
export interface BlockRecord {
  readonly type: 'block';
  readonly id: number;
  readonly began: number;
  readonly duration: number;
  readonly kind: BlockKind | undefined;
  /** Whether this was before the loop turned for the first time. */
  readonly atStart: boolean;
  readonly place: PlaceRecord | undefined;
  readonly stack: readonly StackFrame[];
  /** What ran, by the profiler's samples; its values are milliseconds. */
  readonly tree: CallNode | undefined;
}

/** What had looked like a block was none: the process did not get to run. */
export interface RetractedRecord {
  readonly type: 'retracted';
  readonly id: number;
}

/** How often it is written down that the loop does not turn, in milliseconds: the process may be killed without a word. */
export const STUCK_EVERY_MS = 1000;

/** The loop does not turn, and may never again: written by another thread, while it is so. */
export interface StuckRecord {
  readonly type: 'stuck';
  readonly began: number;
  readonly duration: number;
  readonly place: PlaceRecord | undefined;
  readonly stack: readonly StackFrame[];
}

/** The longest time between two turns of the loop, in the second that ended then. */
export interface DelayRecord {
  readonly type: 'delay';
  readonly at: number;
  readonly longest: number;
}

/** What to write instead of a call that blocked, by the key of its place. */
export interface JudgementRecord {
  readonly type: 'judgement';
  readonly key: string;
  readonly judgement: Judgement;
}

/** The process could not be watched. */
export interface FailureRecord {
  readonly type: 'failure';
  readonly message: string;
}

export interface EndRecord {
  readonly type: 'end';
  readonly at: number;
}

export type ProcessRecord =
  | StartRecord
  | BlockRecord
  | RetractedRecord
  | StuckRecord
  | DelayRecord
  | JudgementRecord
  | FailureRecord
  | EndRecord;

/** By what a place is known: to the report, and to what judges places. */
export function placeKey({ file, line, column, call }: PlaceRecord): string {
  return `${file}:${line}:${column}:${call ?? ''}`;
}

/** How the parent tells the program's processes where and what to record. */
export interface RecorderSettings {
  readonly folder: string;
  /** Milliseconds. */
  readonly threshold: number;
  /** Whether it is tried out what to write instead, which slows the program's awaits for some seconds. */
  readonly isJudging: boolean;
}

/** The environment variable that holds the {@link RecorderSettings}, as JSON. */
export const SETTINGS_VARIABLE = 'HEDDLE_DOCTOR';
