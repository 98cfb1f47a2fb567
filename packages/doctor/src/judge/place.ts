import type { BlockedLoop, StackFrame } from 'heddle/watchdog';
import { type Judgement, unknown } from './judgement.ts';
import type { OwnCall } from './messages.ts';
import type { ShortCalls } from './outer-call.ts';
import { lastPart } from './written-call.ts';

/** A place, under all the keys that it has been seen by. */
export interface Place {
  readonly id: number;
  readonly keys: Set<string>;
  readonly frames: readonly OwnCall[];
  blockedMs: number;
  state: 'open' | 'waiting' | 'judged';
  attempts: number;
  /** Which of the frames is watched: where a call is too short to have blocked, the next one outwards. */
  from: number;
  short: ShortCalls | undefined;
  /** Why there is nothing further outwards. */
  outermost: string | undefined;
  isStandIn: boolean;
  /** What is said where a stand-in sees nothing. */
  otherwise: Judgement | undefined;
}

const FROM_THE_BEGINNING = {
  from: 0,
  short: undefined,
  outermost: undefined,
  isStandIn: false,
  otherwise: undefined,
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
    ...FROM_THE_BEGINNING,
  };
}

/** Forgets what has been watched so far. */
export function startAgain(place: Place): void {
  Object.assign(place, FROM_THE_BEGINNING);
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

/** What is said before a call around a short one has been watched. */
export function soFar({ short }: Place, why: string): Judgement {
  if (short === undefined) return unknown(why);
  const { judgement } = short;
  if (judgement.verdict !== 'unknown') return judgement;
  const about = why.charAt(0).toLowerCase() + why.slice(1);
  return unknown(`${judgement.why} Of the call around it nothing is known yet: ${about}`);
}
