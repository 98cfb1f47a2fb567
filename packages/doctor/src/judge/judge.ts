import { type BlockedLoop, type Culprit, frameAt } from 'heddle/watchdog';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { pathOf } from '../run/script-path.ts';
import { isDebuggerAttached } from './debugger-attached.ts';
import { judgedAtOnce } from './judged-at-once.ts';
import { type Judgement, unknown } from './judgement.ts';
import type { HeldUp, Observation, Report } from './messages.ts';
import { ObserverThread } from './observer-thread.ts';
import { helpful, leadsOutwards, outerCall, withShortCall } from './outer-call.ts';
import { newPlace, type Place, seenBefore, soFar, startAgain, wasMissed } from './place.ts';
import { judgementOf, tooShort } from './verdict.ts';
import { SHORT_MS } from './worth.ts';
import { isSource, writtenAt } from './written-call.ts';

export { counterpartOf } from './asynchronous.ts';
export { callTextAt } from './call-text.ts';
export type { Evidence } from './evidence.ts';
export type { HeldUp } from './messages.ts';
export type { Judgement, Measured, OuterCall, Verdict } from './judgement.ts';
export { helpful, leadsOutwards } from './outer-call.ts';
export { judgementOf } from './verdict.ts';
export { isWorthDeferring } from './worth.ts';

export interface JudgeOptions {
  /** How long the next call of a place is waited for, in milliseconds (20,000): the program's awaits are slower meanwhile. */
  readonly waitMs?: number;
  /** How many connections to the program's inspector are the doctor's own (0); with another one, nothing is watched. */
  readonly ownConnections?: number;
  /** Called when the next call of a place is waited for. */
  readonly onArmed?: (key: string) => void;
  /** Called whenever a place has got a judgement, or another one. */
  readonly onJudged?: (key: string, judgement: Judgement) => void;
}

/** Finds out what to write instead of calls that block the loop. */
export interface Judge extends Disposable {
  /** Has the next call at the place watched that has blocked, unless it has been judged already. */
  look(block: BlockedLoop): void;
  /** What has been found out so far, by place: `file:line:column:call`. */
  judgements(): ReadonlyMap<string, Judgement>;
  /** When the judge itself held up the program: a block of that time is not the program's alone. The latest last. */
  heldUp(): readonly HeldUp[];
  /** Watches no more. The judgements stay; of places that become known later it is said what can be said at once. */
  stop(): void;
}

const WAIT_MS = 20_000;
/** How often a place is looked at that cannot be judged: each time costs the program something. */
const ATTEMPTS = 4;
/** A call that does not work for more of its time waits, or was interrupted: the next one tells, if it takes less. */
const IDLE = 1 / 2;
/** How many of the times that the program was held up are kept. */
const HELD_UP = 256;
/** How many places are judged. A program that blocks at more has other troubles. */
const PLACES = 1_000;
/** How many places are waited for at the same time. */
const AT_ONCE = 16;

/** How a place is called among {@link Judge.judgements}. */
export function placeKey({ culprit }: BlockedLoop): string | undefined {
  if (culprit === undefined) return undefined;
  const { file, line, column } = culprit.frame;
  return `${file}:${line}:${column}:${culprit.call ?? ''}`;
}

/**
 * Judges calls that block the event loop: whether a thread could run them, whether that pays, what to write. It runs
 * within the program and watches the next call at a place that has blocked, through Node's inspector and from a thread
 * of its own; it calls nothing by itself, and keeps no value of the program's.
 *
 * @param options see {@link JudgeOptions}
 */
export function startJudge(options: JudgeOptions = {}): Judge {
  return new RunningJudge(options);
}

class RunningJudge implements Judge {
  readonly #options: JudgeOptions;
  readonly #places = new Map<string, Place>();
  readonly #byId = new Map<number, Place>();
  readonly #judgements = new Map<string, Judgement>();
  readonly #observer = new ObserverThread((report) => this.#heed(report));
  readonly #heldUp: HeldUp[] = [];
  #isStopped = false;

  constructor(options: JudgeOptions) {
    this.#options = options;
  }

  look(block: BlockedLoop): void {
    const key = placeKey(block);
    if (key === undefined || block.culprit === undefined) return;
    if (isOfHeddle(block.culprit)) return;
    const place = this.#placeOf(block, key);
    if (place?.state === 'waiting' && wasMissed(place, block, this.#heldUp)) this.#goOutwards(place, place.from + 1);
    if (place?.state !== 'open') return;
    place.blockedMs = block.duration;
    if (place.attempts >= ATTEMPTS) return;
    if (this.#isStopped) {
      this.#say(place, unknown('It was noticed too late to have another call watched.'));
    } else if (!isMainThread) {
      this.#say(place, unknown("Only the program's main thread can be watched."));
    } else if ([...this.#byId.values()].filter(({ state }) => state === 'waiting').length >= AT_ONCE) {
      this.#say(place, unknown('Too many places are waited for already.'));
    } else if (isDebuggerAttached(this.#options.ownConnections ?? 0)) {
      this.#say(place, unknown('A debugger is attached to the program, which is left alone then.'));
    } else {
      this.#arm(place);
    }
  }

  judgements(): ReadonlyMap<string, Judgement> {
    return this.#judgements;
  }

  stop(): void {
    this.#isStopped = true;
    this.#observer.stop();
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  #placeOf(block: BlockedLoop, key: string): Place | undefined {
    const culprit = block.culprit as Culprit;
    const { frame, call } = culprit;
    // A sample of a function's own code may be at any line of it.
    const name = call === undefined && frame.functionName !== '' ? `${frame.file}:${frame.functionName}` : key;
    const known = this.#places.get(name);
    if (known !== undefined) {
      if (!known.keys.has(key)) this.#share(known, key);
      return known;
    }
    if (this.#places.size >= PLACES) return undefined;
    const place = newPlace(this.#places.size + 1, key, block);
    this.#places.set(name, place);
    this.#byId.set(place.id, place);
    const atOnce = judgedAtOnce(block.duration, culprit);
    if (atOnce !== undefined) {
      place.state = 'judged';
      this.#say(place, atOnce);
    }
    return place;
  }

  /** Another line of a function that is judged already. */
  #share(place: Place, key: string): void {
    const [first] = place.keys;
    place.keys.add(key);
    const judgement = this.#judgements.get(first as string);
    if (judgement === undefined) return;
    this.#judgements.set(key, judgement);
    this.#options.onJudged?.(key, judgement);
  }

  #arm(place: Place): void {
    place.state = 'waiting';
    place.attempts += 1;
    this.#say(place, soFar(place, 'It has not been called again since it blocked.'));
    const { frames, from, isStandIn } = place;
    const subject = { frames, from, isStandIn };
    place.armedAt = undefined;
    this.#observer.arm({ kind: 'arm', id: place.id, subject, forMs: this.#options.waitMs ?? WAIT_MS }, (why) => {
      place.state = 'judged';
      this.#say(place, unknown(why));
    });
  }

  heldUp(): readonly HeldUp[] {
    return this.#heldUp;
  }

  #heed(report: Report): void {
    if (report.kind === 'held') {
      this.#heldUp.push({ from: report.from, to: report.to });
      if (this.#heldUp.length > HELD_UP) this.#heldUp.shift();
      return;
    }
    const place = this.#byId.get(report.id);
    if (place === undefined || this.#isStopped) return;
    place.armedAt = report.kind === 'armed' ? Date.now() : undefined;
    switch (report.kind) {
      case 'observed':
        void this.#judge(place, report.observation, report.idleMs);
        break;
      case 'failed':
        // Nothing of the call is kept.
        this.#observer.functionOf(place.id);
        this.#failed(place, report);
        break;
      case 'armed':
        for (const key of place.keys) this.#options.onArmed?.(key);
        break;
      case 'began':
    }
  }

  #failed(place: Place, { why, isFinal }: Extract<Report, { kind: 'failed' }>): void {
    const { short, otherwise = seenBefore(place)?.judgement } = place;
    if (otherwise !== undefined) this.#conclude(place, otherwise);
    else if (short === undefined || !isFinal) {
      place.state = isFinal && place.from === 0 ? 'judged' : 'open';
      this.#say(place, soFar(place, why));
      if (isFinal) startAgain(place);
    } else if (place.from > 1 && short.judgement.verdict !== 'unknown') this.#conclude(place, short.judgement);
    else {
      // Perhaps the call that was watched had other arguments than the one that blocked.
      place.from = 0;
      place.outermost = why;
      this.#arm(place);
    }
  }

  async #judge(place: Place, seen: Observation, idleMs: number): Promise<void> {
    const f = this.#observer.functionOf(place.id);
    const { short, blockedMs, outermost, first } = place;
    const before = seenBefore(place)?.runMs;
    const observation = before === undefined ? seen : { ...seen, runMs: Math.min(before, seen.runMs ?? before) };
    const { runMs = blockedMs } = observation;
    // On a busy machine, a short call among many may take long.
    const own = seen.runMs === undefined ? undefined : Math.min(runMs, Math.max(0, seen.runMs - seen.starvedMs));
    const isOutwards = outermost === undefined && leadsOutwards({ ...observation, runMs: own }, blockedMs);
    const ownMs = own ?? blockedMs;
    // What is watched again, as nothing is around it, may be a short one still.
    const told = outermost === undefined ? observation : { ...observation, runMs: own };
    const judgement = isOutwards && ownMs < SHORT_MS ? tooShort(ownMs) : await this.#judgementOf(place, told, f);
    if (isOutwards) {
      place.short = withShortCall(short, ownMs, judgement);
      this.#goOutwards(place, observation.frame + 1);
    } else if (observation.isBlind && !place.isStandIn) {
      // What has been seen stands, if no more is to be seen.
      place.isStandIn = true;
      place.otherwise = judgement;
      this.#arm(place);
    } else if (first === undefined && idleMs > runMs * IDLE) {
      place.first = { from: place.from, runMs, judgement };
      this.#arm(place);
    } else {
      this.#conclude(place, helpful(short, runMs, judgement));
    }
  }

  #goOutwards(place: Place, from: number): void {
    const { short, first } = place;
    startAgain(place);
    Object.assign(place, { from, short, first });
    this.#arm(place);
  }

  async #judgementOf(
    { from, short, blockedMs, frames }: Place,
    observation: Observation,
    f: Function | undefined,
  ): Promise<Judgement> {
    const way = f === undefined ? undefined : await this.#observer.wayOf(f);
    const frame = frameAt(observation.place);
    const evidence = { observation, way, written: writtenAt(frame, observation), isSource: isSource(frame), blockedMs };
    const judgement = judgementOf(evidence);
    if (from === 0 || (observation.kind === 'call' && observation.frame < from)) return judgement;
    const isOutermost = observation.frame === frames.length - 1;
    return {
      ...judgement,
      around: { ...outerCall(evidence), isOutermost, innerMs: short?.innerMs ?? null, blockedMs },
    };
  }

  #conclude(place: Place, found: Judgement): void {
    // Other calls of the place were short; that one was not.
    const judgement = found.verdict === 'unknown' ? (place.first?.judgement ?? found) : found;
    const isUnknown = judgement.verdict === 'unknown';
    const { outermost } = place;
    place.state = isUnknown ? 'open' : 'judged';
    this.#say(
      place,
      isUnknown && outermost !== undefined ? { ...judgement, why: `${judgement.why} ${outermost}` } : judgement,
    );
    // It is looked for from the beginning when it blocks again.
    startAgain(place);
  }

  #say(place: Place, judgement: Judgement): void {
    for (const key of place.keys) {
      this.#judgements.set(key, judgement);
      this.#options.onJudged?.(key, judgement);
    }
  }
}

/** What Heddle itself does, such as measuring. */
function isOfHeddle({ frame, callee }: Culprit): boolean {
  return callee === 'heddle' || frame.origin === 'heddle' || pathOf(frame.script) === fileURLToPath(import.meta.url);
}
