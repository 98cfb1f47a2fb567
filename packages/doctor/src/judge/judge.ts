import { readFileSync } from 'node:fs';
import type { BlockedLoop, StackFrame } from 'heddle/watchdog';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { counterpartOf } from './asynchronous.ts';
import { callTextAt, type CallText } from './call-text.ts';
import { isDebuggerAttached } from './debugger-attached.ts';
import type { Judgement } from './judgement.ts';
import type { CompiledPlace, Observation, Report, Subject } from './messages.ts';
import { ObserverThread } from './observer-thread.ts';
import { judgementOf } from './verdict.ts';
import { SHORT_MS } from './worth.ts';

export { counterpartOf } from './asynchronous.ts';
export { callTextAt } from './call-text.ts';
export type { Judgement, Measured, Verdict } from './judgement.ts';
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
  /** Watches no more. The judgements stay. */
  stop(): void;
}

/** A place, under all the keys that it has been seen by. */
interface Place {
  readonly id: number;
  readonly keys: Set<string>;
  readonly frame: StackFrame;
  readonly subject: Subject;
  blockedMs: number;
  state: 'open' | 'waiting' | 'judged';
  attempts: number;
  isLoop: boolean;
  isStandIn: boolean;
  /** What is said where a stand-in sees nothing. */
  otherwise: Judgement | undefined;
}

const WAIT_MS = 20_000;
/** How often a place is looked at that cannot be judged: each time costs the program something. */
const ATTEMPTS = 4;
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
  #isStopped = false;

  constructor(options: JudgeOptions) {
    this.#options = options;
  }

  look(block: BlockedLoop): void {
    const key = placeKey(block);
    if (key === undefined || block.culprit === undefined || this.#isStopped) return;
    const place = this.#placeOf(block, key);
    if (place === undefined || place.state !== 'open') return;
    place.blockedMs = block.duration;
    if (place.attempts >= ATTEMPTS) return;
    if (!isMainThread) {
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
    const culprit = block.culprit as NonNullable<BlockedLoop['culprit']>;
    const { frame, call, callee } = culprit;
    // A sample of a function's own code may be at any line of it.
    const name = call === undefined && frame.functionName !== '' ? `${frame.file}:${frame.functionName}` : key;
    const known = this.#places.get(name);
    if (known !== undefined) {
      if (!known.keys.has(key)) this.#share(known, key);
      return known;
    }
    const frames = block.stack.filter(({ origin }) => origin === 'own');
    const place: Place = {
      id: this.#places.size + 1,
      keys: new Set([key]),
      frame,
      subject: {
        frames: frames.map(compiledPlace),
        call: call === undefined ? undefined : lastPart(call),
        isLoop: false,
        isStandIn: false,
      },
      blockedMs: block.duration,
      state: 'open',
      attempts: 0,
      isLoop: false,
      isStandIn: false,
      otherwise: undefined,
    };
    this.#places.set(name, place);
    this.#byId.set(place.id, place);
    const atOnce = judgedAtOnce(block, frame, call, callee);
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
    if (judgement !== undefined) this.#judgements.set(key, judgement);
  }

  #arm(place: Place): void {
    place.state = 'waiting';
    place.attempts += 1;
    this.#say(place, unknown('It has not been called again since it blocked.'));
    const subject = { ...place.subject, isLoop: place.isLoop, isStandIn: place.isStandIn };
    this.#observer.arm({ kind: 'arm', id: place.id, subject, forMs: this.#options.waitMs ?? WAIT_MS }, (why) => {
      place.state = 'judged';
      this.#say(place, unknown(why));
    });
  }

  #heed(report: Report): void {
    const place = this.#byId.get(report.id);
    if (place === undefined || this.#isStopped) return;
    switch (report.kind) {
      case 'observed':
        void this.#judge(place, report.observation);
        break;
      case 'failed':
        place.state = report.isFinal || place.otherwise !== undefined ? 'judged' : 'open';
        this.#say(place, place.otherwise ?? unknown(report.why));
        break;
      case 'armed':
        for (const key of place.keys) this.#options.onArmed?.(key);
        break;
      case 'began':
    }
  }

  async #judge(place: Place, observation: Observation): Promise<void> {
    const f = this.#observer.functionOf(place.id);
    const isShort = observation.runMs !== undefined && observation.runMs < Math.max(SHORT_MS, place.blockedMs / 4);
    if (isShort && !place.isLoop && !observation.hasThrown) {
      // Not this call alone: a loop around it makes it again and again, or it had other arguments.
      place.isLoop = true;
      this.#arm(place);
      return;
    }
    const way = f === undefined ? undefined : await this.#observer.wayOf(f);
    const { frame, blockedMs } = place;
    const written = writtenAt(frame, observation);
    const judgement = judgementOf({ observation, way, written, isSource: isSource(frame), blockedMs });
    if (observation.isBlind && !place.isStandIn) {
      // What has been seen stands, if no more is to be seen.
      place.isStandIn = true;
      place.otherwise = judgement;
      this.#arm(place);
      return;
    }
    place.state = judgement.verdict === 'unknown' ? 'open' : 'judged';
    this.#say(place, judgement);
  }

  #say(place: Place, judgement: Judgement): void {
    for (const key of place.keys) {
      this.#judgements.set(key, judgement);
      this.#options.onJudged?.(key, judgement);
    }
  }
}

function judgedAtOnce(
  { duration }: BlockedLoop,
  frame: StackFrame,
  call: string | undefined,
  callee: string | undefined,
): Judgement | undefined {
  if (frame.origin !== 'own')
    return unknown('It is not called by the program itself, so that there is no call to change.');
  if (callee === undefined || call === undefined) return undefined;
  const counterpart = counterpartOf(callee, lastPart(call));
  if (counterpart === undefined) return undefined;
  const { name, imports, called, isPromise } = counterpart;
  const text = textAt(frame, lastPart(call));
  const args = text === undefined ? '…' : text.args.join(', ');
  return {
    verdict: 'asynchronous',
    why: `Node has ${name}, which does the same and does not block: this call took ${Math.round(duration)} ms.`,
    write: `${imports}\n${isPromise ? 'await ' : ''}${called}(${args})`,
  };
}

/** The call as the source has it: where that was compiled as it is, at the observer's place, which is exact. */
function writtenAt(frame: StackFrame, { kind, place }: Observation): CallText | undefined {
  if (kind === 'entry') return undefined;
  if (isSource(frame)) return textAt({ file: sourceOf(frame, place), line: place.line, column: place.column });
  return place.script === frame.script && place.line === frame.scriptLine ? textAt(frame) : undefined;
}

function isSource({ line, column, scriptLine, scriptColumn }: StackFrame): boolean {
  return line === scriptLine && column === scriptColumn;
}

/** The call may be in another file than the code that blocked: in its caller's. */
function sourceOf({ file, script }: StackFrame, place: CompiledPlace): string {
  if (place.script === script) return file;
  return place.script.startsWith('file:') ? fileURLToPath(place.script) : place.script;
}

function textAt(
  { file, line, column }: Pick<StackFrame, 'file' | 'line' | 'column'>,
  name?: string,
): CallText | undefined {
  try {
    return callTextAt(readFileSync(file, 'utf8'), line, column, name);
  } catch {
    // A source that nobody has delivered with the program.
    return undefined;
  }
}

function compiledPlace({ functionName, script, scriptLine, scriptColumn }: StackFrame): Subject['frames'][number] {
  return { functionName, script, line: scriptLine, column: scriptColumn };
}

function lastPart(call: string): string {
  return call.replace(/^new /, '').split('.').at(-1) ?? call;
}

function unknown(why: string): Judgement {
  return { verdict: 'unknown', why };
}
