import { pathToFileURL } from 'node:url';
import { isAbsolute } from 'node:path';

/** A call that is under way: where it stands, counted from 0. */
export interface CallSite {
  /** Undefined where this Node version does not tell. */
  readonly scriptId: string | undefined;
  /** The script's name, as `Script.url` gives it. */
  readonly url: string;
  readonly line: number;
  readonly column: number;
}

interface NodeCallSite {
  readonly scriptId?: string;
  readonly scriptName: string;
  readonly lineNumber: number;
  readonly column?: number;
  readonly columnNumber?: number;
}

// Heddle's own frames come first; the program's that made the call is soon after them.
const FRAMES = 24;

// Asked of Node at run time: bundlers turn an import into one of that name alone, which older versions do not have.
const { getCallSites } = process.getBuiltinModule('node:util') as unknown as {
  getCallSites?: (frames: number, options: object) => readonly NodeCallSite[];
};

/** The calls that are under way now, the innermost first. */
export function callSites(): readonly CallSite[] {
  if (getCallSites === undefined) return callSitesOfStack();
  return getCallSites(FRAMES, { sourceMap: false }).map(
    ({ scriptId, scriptName, lineNumber, column, columnNumber = column ?? 1 }) => {
      return { scriptId, url: nameOf(scriptName), line: lineNumber - 1, column: columnNumber - 1 };
    },
  );
}

/**
 * The name of the script with this id, if a call in it is under way: most functions that are not exported are deferred
 * where they are written, and then V8 need not be asked.
 */
export function urlUnderWay(scriptId: string): string | undefined {
  return getCallSites && callSites().find((site) => site.scriptId === scriptId)?.url;
}

function callSitesOfStack(): CallSite[] {
  const { prepareStackTrace, stackTraceLimit } = Error;
  const trace: { stack?: readonly NodeJS.CallSite[] } = {};
  try {
    Error.stackTraceLimit = FRAMES;
    Error.prepareStackTrace = (_error, sites) => sites;
    Error.captureStackTrace(trace);
    return (trace.stack ?? []).map((site) => ({
      scriptId: undefined,
      url: nameOf(site.getFileName() ?? ''),
      line: (site.getLineNumber() ?? 1) - 1,
      column: (site.getColumnNumber() ?? 1) - 1,
    }));
  } catch {
    // With frozen intrinsics the stack cannot be looked at.
    return [];
  } finally {
    Reflect.set(Error, 'prepareStackTrace', prepareStackTrace);
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit);
  }
}

// The inspector gives the paths of CommonJS files as URLs, the stack as they are.
function nameOf(script: string): string {
  return isAbsolute(script) ? pathToFileURL(script).href : script;
}
