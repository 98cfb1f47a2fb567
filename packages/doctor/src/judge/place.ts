import type { BlockedLoop, StackFrame } from 'heddle/watchdog';
import { type Judgement, unknown } from './judgement.ts';
import type { HeldUp, OwnCall } from './messages.ts';
import { OUTERMOST, type ShortCalls } from './outer-call.ts';
import { lastPart } from './written-call.ts';

/** A place, under all the keys that it has been seen by. */
export interface Place {
  readonly id: number;
  readonly keys: Set<string>;
  readonly frames: readonly OwnCall[];
  blockedMs: number;
  state: 'open' | 'waiting' | 'judged';
  attempts: number;
  /** Since when the call is waited for, as `Date.now()` counts; undefined while it is not. */
  armedAt: number | undefined;
  /** Which of the frames is watched: where a call is too short to have blocked, the next one outwards. */
  from: number;
  short: ShortCalls | undefined;
  /** Why there is nothing further outwards. */
  outermost: string | undefined;
  isStandIn: boolean;
  /** What is said where a stand-in sees nothing. */
  otherwise: Judgement | undefined;
  /** A call that may only have been interrupted, and is watched once more. */
  first: FirstCall | undefined;
}

export interface FirstCall {
  /** Which of the frames it was in. */
  readonly from: number;
  readonly runMs: number;
  readonly judgement: Judgement;
}

const FROM_THE_BEGINNING = {
  from: 0,
  short: undefined,
  outermost: undefined,
  isStandIn: false,
  otherwise: undefined,
  first: undefined,
} as const;

/** A place that has been seen for the first time. */
export function newPlace(id: number, key: string, { stack, duration, culprit }: BlockedLoop): Place {
  return {
    id,
    keys: new Set([key]),
    frames: ownCalls(stack, culprit?.call),
    blockedMs: duration,
    state: 'open',
    attempts: 0,
    armedAt: undefined,
    ...FROM_THE_BEGINNING,
  };
}

/** Forgets what has been watched so far. */
export function startAgain(place: Place): void {
  Object.assign(place, FROM_THE_BEGINNING);
}

/**
 * Whether the call must have been made while it was waited for, and was not seen, but one around it may be: V8 does not
 * stop in every function that is made anew each time (Node 24).
 *
 * @param heldUp when other calls were watched, which nothing stops meanwhile
 */
export function wasMissed(place: Place, block: BlockedLoop, heldUp: readonly HeldUp[]): boolean {
  const { armedAt, from: frame, frames, isStandIn, outermost } = place;
  const { began, duration } = block;
  if (armedAt === undefined || began <= armedAt || isStandIn || outermost !== undefined) return false;
  // V8 did stop there the first time.
  if (seenBefore(place) !== undefined) return false;
  if (frame >= Math.min(OUTERMOST, frames.length - 1)) return false;
  return !heldUp.some(({ from, to }) => from < began + duration && began < to);
}

/** The calls of the program's own that were under way, and what each of them called. */
function ownCalls(stack: readonly StackFrame[], call: string | undefined): OwnCall[] {
  return stack.flatMap(({ functionName, script, scriptLine, scriptColumn, origin }, index) => {
    if (origin !== 'own') return [];
    const called = stack[index - 1];
    const isInnermost = !stack.slice(0, index).some((inner) => inner.origin === 'own');
    const name = isInnermost ? call : called?.functionName;
    return {
      functionName,
      script,
      line: scriptLine,
      column: scriptColumn,
      call: name === undefined || name === '' ? undefined : lastPart(name),
      isOfOwn: called?.origin === 'own',
    };
  });
}

/** What was seen of a call that is watched once more. */
export function seenBefore({ from, outermost, first }: Place): FirstCall | undefined {
  return outermost === undefined && first?.from === from ? first : undefined;
}

/** What is said before a call has been watched once more, or one around a short one. */
export function soFar(place: Place, why: string): Judgement {
  const { from, short } = place;
  const before = seenBefore(place);
  if (before !== undefined) return before.judgement;
  if (short === undefined && from === 0) return unknown(why);
  const judgement = short?.judgement ?? unknown('The call was made again, but not seen.');
  if (judgement.verdict !== 'unknown') return judgement;
  const about = why.charAt(0).toLowerCase() + why.slice(1);
  return unknown(`${judgement.why} Of the call around it nothing is known yet: ${about}`);
}
