const MOST_FRAMES = 100;

const lengths = (...words: string[]): number[] => words.map((word) => word.length);
/** How far a function's parameters are from where it begins: what can be written in between. */
const WITHOUT_NAME = lengths('', 'function', 'function ', 'async function', 'async function ');
const WITH_NAME = lengths('', 'function ', 'function* ', 'function * ', 'async function ', 'async ', 'get ', 'static ');

/** The stack of whoever calls, as text. */
export interface StackText {
  /** A line for each frame, places as V8 compiled them. */
  readonly compiled: string;
  /** The same as Node leads it back by source maps, where Node does; else empty. */
  readonly mapped: string;
  /** Whether the innermost function has only just been entered. */
  readonly isFresh: boolean;
}

/**
 * Takes the stack without running anything of the program's: it may have changed how stacks are made.
 *
 * @param below the function below whose call the stack begins
 * @param skipped how many frames come before those of interest
 */
export function stackText(below: Function, skipped: number, isMapped: boolean): StackText {
  const kept = ['stackTraceLimit', 'prepareStackTrace'].map(
    (name) => [name, Object.getOwnPropertyDescriptor(Error, name)] as const,
  );
  let isFresh = false;
  const write = (_error: Error, sites: NodeJS.CallSite[]): string => {
    const frames = sites.slice(skipped);
    isFresh = frames[0] !== undefined && isEntered(frames[0]);
    return lines(frames.map((frame) => frame.toString()));
  };
  try {
    set('stackTraceLimit', MOST_FRAMES + skipped);
    const compiled = captured(below, write);
    return { compiled, mapped: isMapped ? mappedText(below, skipped) : '', isFresh };
  } finally {
    for (const [name, descriptor] of kept) {
      if (descriptor === undefined) Reflect.deleteProperty(Error, name);
      else Reflect.defineProperty(Error, name, descriptor);
    }
  }
}

function captured(below: Function, prepare: unknown): string {
  set('prepareStackTrace', prepare);
  const here: { stack?: unknown } = {};
  Error.captureStackTrace(here, below);
  return typeof here.stack === 'string' ? here.stack : '';
}

function mappedText(below: Function, skipped: number): string {
  const all = captured(below, undefined)
    .split('\n')
    .filter((line) => /^\s+at /.test(line));
  return all.slice(skipped).join('\n');
}

/**
 * Where a function is interrupted that has only just begun: at its parameters. V8 tells where the function begins, which
 * is at the word `function`, the name of a method or the parameters of an arrow.
 */
function isEntered(site: NodeJS.CallSite): boolean {
  if (site.getEnclosingLineNumber() !== site.getLineNumber()) return false;
  const offset = (site.getColumnNumber() ?? 0) - (site.getEnclosingColumnNumber() ?? 0);
  const nameLength = site.getFunctionName()?.length ?? 0;
  return WITHOUT_NAME.includes(offset) || WITH_NAME.includes(offset - nameLength);
}

function lines(frames: readonly string[]): string {
  return frames.map((frame) => `    at ${frame}`).join('\n');
}

// Intrinsics may be frozen.
function set(name: string, value: unknown): void {
  Reflect.defineProperty(Error, name, { value, writable: true, configurable: true });
}
