import { frameAt } from 'heddle/watchdog';
import type { Evidence } from './evidence.ts';
import type { Judgement, OuterCall } from './judgement.ts';
import type { Observation } from './messages.ts';
import { SHORT_MS } from './worth.ts';

/** The calls at a place that were watched and cannot be all that blocked the loop. */
export interface ShortCalls {
  /** How long the innermost one took, in milliseconds. */
  readonly innerMs: number;
  /** How long the one took that is judged. */
  readonly runMs: number;
  /** What is said where no longer one is found. */
  readonly judgement: Judgement;
}

/** How far outwards calls are watched: to step over one costs the program something. */
export const OUTERMOST = 3;
/** What takes a smaller part of the whole is not all of it. */
const PART = 1 / 4;
/** More of a call's text than that hides where it is. */
const LONGEST_CALL = 40;

/** Whether the call around this one is to be watched: this one is too short to be all that blocked. */
export function leadsOutwards({ kind, frame, runMs, hasThrown }: Observation, blockedMs: number): boolean {
  if (kind === 'entry' || runMs === undefined || hasThrown || frame >= OUTERMOST) return false;
  return runMs < Math.max(SHORT_MS, blockedMs * PART);
}

/** Adds a call: what is known of one that is long enough to be judged by itself stays. */
export function withShortCall(known: ShortCalls | undefined, runMs: number, judgement: Judgement): ShortCalls {
  if (known === undefined) return { innerMs: runMs, runMs, judgement };
  return known.judgement.verdict === 'unknown' ? { ...known, runMs, judgement } : known;
}

/** Of two judgements the one that helps: a call that makes up most of the one around it need not have others beside it. */
export function helpful(known: ShortCalls | undefined, runMs: number | undefined, judgement: Judgement): Judgement {
  const isMost = known !== undefined && runMs !== undefined && known.runMs >= runMs * PART;
  return isMost && known.judgement.verdict === 'deferrable' ? known.judgement : judgement;
}

/** Which call is judged in the place of a short one. */
export function outerCall({
  observation,
  written,
}: Evidence): Pick<OuterCall, 'call' | 'file' | 'line' | 'column' | 'functionName'> {
  const { file, line, column, functionName } = frameAt(observation.place);
  const call = inShort(written?.callee ?? observation.callee, written?.args ?? observation.argumentTexts);
  return { call, file, line, column, functionName };
}

function inShort(callee: string | undefined, args: readonly string[]): string {
  let text = `${callee ?? '…'}(`;
  for (const [index, argument] of args.entries()) {
    const isLast = index === args.length - 1;
    if (argument.includes('\n') || text.length + argument.length > LONGEST_CALL) return `${text}…)`;
    text += isLast ? argument : `${argument}, `;
  }
  return `${text})`;
}
