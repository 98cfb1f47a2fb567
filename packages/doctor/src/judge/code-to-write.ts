import type { Evidence } from './evidence.ts';
import type { OwnLoop } from './messages.ts';

/** Refusals of methods that were looked at without their objects. */
const NEEDS_OBJECT: ReadonlySet<string> = new Set([
  'HEDDLE_CAPTURES_THIS',
  'HEDDLE_CAPTURES_PRIVATE',
  'HEDDLE_AMBIGUOUS_THIS',
  'HEDDLE_NATIVE',
]);

/** Steps are gathered until they take about this long, in milliseconds. */
const PIECE_MS = 0.1;

/**
 * Whether the call needs its object: Heddle refuses a method without it, and has no address for what is built into
 * JavaScript (`list.sort`), for what `new` makes, or for what has no name. What has inherited its method is nowhere else.
 */
export function isCalledOnItsObject({ observation, way }: Evidence): boolean {
  if (observation.kind === 'entry') return false;
  if (observation.isNew || way === undefined || observation.isOnHeir) return true;
  return way.kind === 'refused' && observation.receiver !== undefined && NEEDS_OBJECT.has(way.code);
}

/** The call as it would be written to run in a thread. */
export function deferred(evidence: Evidence): string | undefined {
  const { observation, written } = evidence;
  const args = written?.args ?? observation.argumentTexts;
  const callee = observation.callee === undefined ? undefined : (written?.callee ?? observation.callee);
  const wait = observation.isInAsync ? 'await ' : '';
  const passesFunction = observation.arguments.some((copy) => copy?.obstacle?.what === 'function');
  const isWhole =
    observation.seen === 'made of it' && evidence.isSource && !/\bawait\b/.test(observation.derivedText ?? '');
  const arrow = (text: string): string => `${wait}deferToThread(() => ${text})`;
  if (isWhole && observation.derivedText !== undefined) return arrow(inOneLine(observation.derivedText));
  // On what is no chain of names: a literal, what another call gives.
  if (callee === undefined) return evidence.isSource ? arrow(inOneLine(observation.text)) : undefined;
  if (isCalledOnItsObject(evidence) || passesFunction) {
    return arrow(`${observation.isNew ? 'new ' : ''}${callee}(${args.join(', ')})`);
  }
  return `${wait}deferToThread(${[callee, ...args].join(', ')})`;
}

/** The loop as a task that gives way to others. */
export function chopped(
  { functionName, parameters, args, head, counter, usesThis }: OwnLoop,
  stepMs: number | undefined,
): string {
  const every = stepMs === undefined || stepMs >= PIECE_MS ? 1 : 10 ** Math.ceil(Math.log10(PIECE_MS / stepMs));
  const give = every === 1 || counter === undefined ? 'yield;' : `if (${counter} % ${underscored(every)} === 0) yield;`;
  const body = `{ ${head} { …; ${give} } }`;
  if (functionName !== '' && !usesThis) {
    return `function* ${functionName}(${inOneLine(parameters)}) ${body}\nawait cooperate(${functionName}(${args})).whenDone()`;
  }
  const generator = `(function* () ${body})${usesThis ? '.call(this)' : '()'}`;
  return `await cooperate(${generator}).whenDone()`;
}

/** Many short calls as the steps of one task. */
export function choppedCalls({ callee, argumentTexts }: Evidence['observation']): string {
  const call = callee === undefined ? '…' : `${callee}(${argumentTexts.join(', ')})`;
  return `await cooperate((function* () { for (…) { ${call}; yield; } })()).whenDone()`;
}

/** Without the blanks that stand in the place of types. */
function inOneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ').replaceAll(/ {3,}/g, ' ');
}

function underscored(n: number): string {
  return n.toLocaleString('en-US').replaceAll(',', '_');
}
