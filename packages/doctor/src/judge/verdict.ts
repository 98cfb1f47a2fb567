import type { CopyTimes } from 'heddle/inspect';
import type { Evidence } from './evidence.ts';
import { chopped, choppedCalls, deferred, isCalledOnItsObject } from './code-to-write.ts';
import { type Judgement, type Measured, unknown } from './judgement.ts';
import { lastName } from './call-text.ts';
import type { Copy } from './measure.ts';
import { ms } from './milliseconds.ts';
import { isWorthDeferring, SHORT_MS } from './worth.ts';

/** Longer than this no step of a task should be: all tasks of a program share ten milliseconds of each turn. */
const STEP_MS = 10;
/** More of an argument's text than that hides what is said of it. */
const LONGEST_TEXT = 40;

/** What is to be done about a call that was watched. */
export function judgementOf(evidence: Evidence): Judgement {
  const measured = measuredOf(evidence);
  const { observation } = evidence;
  if (observation.kind === 'entry' && measured.runMs < Math.max(SHORT_MS, evidence.blockedMs / 4)) {
    const why = `It takes at most ${ms(measured.runMs)} each time, and is called very often in one turn of the loop: what has it called should give way in between.`;
    return { verdict: 'chop', why, write: choppedCalls(observation), measured };
  }
  const obstacle = obstacleTo(evidence);
  if (obstacle !== undefined) return chop(evidence, measured, obstacle) ?? notDeferrable(obstacle, measured);
  if (evidence.observation.arguments.some((copy) => copy === undefined)) {
    const why = 'Its arguments could not be read without calling something. Put them into variables to have it judged.';
    return { verdict: 'unknown', why, measured };
  }
  if (measured.runMs < SHORT_MS) {
    return { ...tooShort(measured.runMs), measured };
  }
  if (!isWorthDeferring(measured)) {
    const why = `To copy ${copied(evidence)} would take the event loop ${ms(measured.loopMs)}, the call itself takes ${ms(measured.runMs)}.`;
    return chop(evidence, measured, why) ?? { verdict: 'not worth deferring', why: why + less(evidence), measured };
  }
  return deferrable(evidence, measured);
}

/** What is said of a call that cannot have blocked the loop. */
export function tooShort(runMs: number): Judgement {
  return unknown(`The call that was watched took ${ms(runMs)}: too short to tell.`);
}

function deferrable(evidence: Evidence, measured: Measured): Judgement {
  const { observation, way } = evidence;
  const sentences = [
    `The call takes ${ms(measured.runMs)}; to copy ${copied(evidence)} would take the event loop ${ms(measured.loopMs)}.`,
  ];
  if (!measured.isResultSeen) {
    const reason = observation.hasThrown ? 'It threw, so that its result was not seen' : 'Its result was not seen';
    sentences.push(`${reason}: it must be plain data.`);
  }
  if (isCalledOnItsObject(evidence) && observation.on === undefined && !observation.isNew) {
    sentences.push('What it is called on was not seen: it is made in the thread, or goes along as a copy.');
  }
  if (observation.arguments.some((copy) => copy?.obstacle?.what === 'function')) {
    sentences.push('The function among its arguments goes along by its text.');
  }
  if (way?.kind === 'open' && way.snapshots.length > 0) {
    sentences.push(`It works on a copy of ${way.snapshots.join(', ')}, which the program writes into.`);
  }
  if (
    observation.seen === 'unused' &&
    observation.arguments.some((copy) => copy !== undefined && CONTAINER.test(copy.what))
  ) {
    sentences.push('Its result is not used: what it changes in its arguments, it would change in copies of them.');
  }
  if (!observation.isInAsync) sentences.push('The code around it has to become async, or add a callback.');
  const write = deferred(evidence);
  return { verdict: 'deferrable', why: sentences.join(' '), ...(write === undefined ? {} : { write }), measured };
}

function notDeferrable(why: string, measured: Measured): Judgement {
  return { verdict: 'not deferrable', why, measured };
}

/** What may be changed in place, as it is described. */
const CONTAINER = /^(?:an array of|a (?:Map|Set|Buffer|\w*Array) of|a plain object)/;
/** What arrays and their like have for that, where nobody takes what it gives. */
const IN_PLACE = /^(?:sort|reverse|fill|splice|push|pop|shift|unshift|copyWithin|set)$/;

function changesWhatItIsCalledOn(evidence: Evidence): boolean {
  const { seen, callee, on } = evidence.observation;
  if (seen !== 'unused' || callee === undefined || on === undefined || !isCalledOnItsObject(evidence)) return false;
  return IN_PLACE.test(lastName(callee)) && CONTAINER.test(on.what);
}

/** The first thing that keeps the call from a thread, in a sentence. */
function obstacleTo(evidence: Evidence): string | undefined {
  const { observation, way } = evidence;
  if (observation.isGetter) {
    return 'It is a getter, and what reads it cannot wait: make it a function of the data that it needs, and defer that.';
  }
  if (changesWhatItIsCalledOn(evidence)) {
    return 'It changes what it is called on, and a thread would change a copy: defer a function that gives the changed copy, and take that.';
  }
  const inArguments = observation.arguments.map((copy, index) => obstacleOf(copy, index, evidence)).find(isText);
  if (inArguments !== undefined) return inArguments;
  if (observation.kind === 'entry' && !observation.hasFunction) {
    return 'It is called from outside the program, and has no name by which it could be deferred: move what takes long into a function of plain data.';
  }
  const { on } = observation;
  if (on !== undefined && isCalledOnItsObject(evidence)) {
    // Heddle's own advice: an arrow function that takes the object along.
    if (on.obstacle?.what === 'function' && way?.kind === 'refused') return way.message;
    // A class has its functions with it.
    const isClass = on.obstacle?.what === 'function' && on.obstacle.path === 'this';
    if (on.obstacle !== undefined && !isClass) {
      return `It is called on ${within(on, 'this')} cannot be copied. ${wayOutOf(on)}`;
    }
  } else if (way?.kind === 'refused') return way.message;
  const { result } = observation;
  if (result?.obstacle !== undefined && observation.seen === 'result' && result.what !== 'a promise') {
    return `It gives ${within(result, 'result')} cannot be copied. Let the function that is deferred give the values that are needed of it.`;
  }
  return undefined;
}

function obstacleOf(copy: Copy | undefined, index: number, evidence: Evidence): string | undefined {
  if (copy?.obstacle === undefined) return undefined;
  const { path, what } = copy.obstacle;
  // A function among the arguments may go by its text, with the arrow function around the call.
  if (what === 'function' && path === `args[${index}]`) return undefined;
  const { kind, argumentTexts } = evidence.observation;
  const name = shortened(evidence.written?.args[index] ?? argumentTexts[index]);
  const which =
    name === undefined ? `Argument ${index + 1}` : `Its ${kind === 'entry' ? 'parameter' : 'argument'} ${name}`;
  const where = path === `args[${index}]` ? '' : ` (${path})`;
  if (what === 'getter')
    return `${which} holds a getter${where}, which a copy would call: pass the values that are needed.`;
  return `${which} holds ${article(what)}${where}, which cannot be copied: move what takes long into a function of plain data, and pass it the values that are needed.`;
}

/** An argument may be written as a whole object. */
function shortened(text: string | undefined): string | undefined {
  return text === undefined || text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 2).trimEnd()} …`;
}

/** What cannot be copied of a value, to be followed by a verb. */
function within({ what, obstacle }: Copy, root: string): string {
  if (obstacle === undefined || obstacle.path === root) return `${what}, which`;
  return `${what}, of which ${obstacle.path}, ${article(obstacle.what)},`;
}

function wayOutOf({ what }: Copy): string {
  return /(?:DatabaseSync|StatementSync)$/.test(what)
    ? 'Open the database in the thread: bindToThread.'
    : 'Let a thread keep an object of its own (bindToThread), or register a codec for the class.';
}

function chop(evidence: Evidence, measured: Measured, why: string): Judgement | undefined {
  const { observation } = evidence;
  const { loop } = observation;
  if (loop === undefined || observation.isGetter) return undefined;
  const stepMs = loop.turns === undefined ? undefined : measured.runMs / Math.max(1, loop.turns);
  if (stepMs !== undefined && stepMs > STEP_MS) return undefined;
  const steps =
    stepMs === undefined
      ? 'It is a loop, so that it can give way after each step.'
      : `It is a loop of ${loop.turns?.toLocaleString('en-US')} steps of ${ms(stepMs)}, so that it can give way in between.`;
  return { verdict: 'chop', why: `${steps} To defer it: ${lower(why)}`, write: chopped(loop, stepMs), measured };
}

function measuredOf(evidence: Evidence): Measured {
  const { observation, blockedMs } = evidence;
  const sent = [...observation.arguments, ...(isCalledOnItsObject(evidence) ? [observation.on] : [])];
  const captured = capturedBy(evidence);
  const copies = [...sent, captured];
  const argumentsMs = sum(copies.map((copy) => (copy === undefined ? 0 : copy.sendMs + copy.receiveMs)));
  const { result, runMs = blockedMs } = observation;
  // What is entered is slower than it would be, and what is awaited may have waited.
  const isAtMost = observation.kind === 'entry' || observation.isPromise;
  return {
    runMs: isAtMost ? Math.min(runMs, blockedMs) : runMs,
    argumentsMs,
    resultMs: result === undefined ? 0 : result.sendMs + result.receiveMs,
    loopMs: sum(copies.map((copy) => copy?.sendMs ?? 0)) + (result?.receiveMs ?? 0),
    isResultSeen: observation.seen !== 'none',
  };
}

/** What the function takes along from its surroundings with each call. */
function capturedBy({ way }: Evidence): CopyTimes | undefined {
  return way?.kind === 'open' ? way.captured : undefined;
}

function copied(evidence: Evidence): string {
  const { observation } = evidence;
  const on = isCalledOnItsObject(evidence) ? [observation.on] : [];
  const given = [...on, ...observation.arguments].flatMap((copy) =>
    copy === undefined || copy.obstacle !== undefined ? [] : [copy.what],
  );
  const { result, seen } = observation;
  const all = capturedBy(evidence) === undefined ? given : [...given, 'what the function captures'];
  const what = all.length === 0 ? 'nothing' : all.join(', ');
  return result === undefined
    ? what
    : `${what} there and ${result.what}${seen === 'result' ? '' : ', made of the result,'} back`;
}

function less({ observation: { seen, result } }: Evidence): string {
  return seen === 'result' && result !== undefined && result.receiveMs > 1
    ? ' Where less than the whole result is needed, let a function in the thread give only that.'
    : '';
}

function article(what: string): string {
  if (what === 'Proxy') return 'a Proxy';
  if (what === 'object') return 'an object with a prototype of its own';
  return /^[a-z]/.test(what) ? `a ${what}` : `an instance of ${what}`;
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

function isText(value: string | undefined): value is string {
  return value !== undefined;
}
