import type { Session } from 'node:inspector';
import { compileFunction } from 'node:vm';
import { askAbout, scriptPositionOf, valueOf } from './function-handle.ts';
import { openSession } from './inspector-session.ts';

// An old property of Node's that its types do not know.
const { moduleLoadList = [] } = process as { moduleLoadList?: readonly string[] };

let loaded = 0;
let markers = 0;
let lastId: number | undefined;
let compiledBefore = false;
/** Scripts that have been compiled since and are known to be no modules: a program may go on to make such. */
const noModules = new Set<number>();
/** Where so many have been told of and nobody has counted, it is not known any more what was compiled. */
const MOST_NO_MODULES = 1000;

/** Takes note that a script is no module. */
export function scriptIsNoModule(scriptId: string): void {
  const id = Number(scriptId);
  if (lastId !== undefined && id > lastId && noModules.size < MOST_NO_MODULES) noModules.add(id);
}

/**
 * Whether anything was compiled since this was last asked that may be a module: only then there can be modules that nobody knows.
 *
 * V8 numbers scripts in the order in which they are compiled. So one is compiled whose number tells how many came
 * before it: that takes 50 µs, where V8 takes 100 ms and more to announce some thousands of scripts.
 */
export function scriptsWereCompiled(session: Session): boolean {
  const compiled = countFrom(session) || compiledBefore;
  compiledBefore = false;
  return compiled;
}

/** Takes note that nothing but what comes from now on is of interest. */
export function startScriptCount(session: Session): void {
  // V8 forgets what it has compiled when its debugger is enabled: the questions' own texts are to be no news.
  askAbout(session, startScriptCount, (objectId) => valueOf(session, objectId));
  countFrom(session);
  compiledBefore = false;
}

/** Does something that compiles scripts of no interest. */
export function compileOwn<Result>(act: () => Result): Result {
  const session = openSession();
  if (session === undefined) return act();
  compiledBefore = countFrom(session) || compiledBefore;
  const result = act();
  countFrom(session);
  return result;
}

// Node compiles modules of its own when they are first needed, one script each.
function nodeModulesSinceLast(): number {
  const since = moduleLoadList.slice(loaded);
  loaded = moduleLoadList.length;
  return since.filter((name) => name.startsWith('NativeModule ')).length;
}

function countFrom(session: Session): boolean {
  markers += 1;
  // Of the same text V8 would not make a new script.
  const marker = compileFunction(`// ${markers}`);
  const id = Number(askAbout(session, marker, (objectId) => scriptPositionOf(session, objectId))?.scriptId);
  const ofNode = nodeModulesSinceLast();
  const expected = lastId === undefined ? undefined : lastId + ofNode + noModules.size + 1;
  noModules.clear();
  lastId = id;
  return id !== expected;
}
