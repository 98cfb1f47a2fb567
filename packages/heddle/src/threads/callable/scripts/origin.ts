import type { Session } from 'node:inspector';
import { types } from 'node:util';
import { withDeadZones } from './dead-zones.ts';
import { askAbout, internalsOf, type ScriptPosition, valueOf } from './function-handle.ts';
import { inspectorSession } from './inspector-session.ts';
import { scriptIsNoModule } from './script-count.ts';
import type { Scope } from './scope.ts';
import { scriptOfProgram } from './script-of-program.ts';
import { knownScript, rememberScript, type Script, scriptById } from './scripts.ts';

/** Where a function object comes from, as far as V8 tells. */
export type Origin =
  /** Written in JavaScript; line and column count from 0. */
  | {
      readonly kind: 'script';
      readonly script: Script;
      readonly scriptId: string;
      readonly line: number;
      readonly column: number;
      /** The variables that surround it, the nearest first. */
      readonly scopes: readonly Scope[];
    }
  | { readonly kind: 'bound'; readonly target: Origin }
  | { readonly kind: 'proxy' }
  | { readonly kind: 'native' }
  /** The runtime does not let us ask. */
  | { readonly kind: 'denied'; readonly reason: unknown };

/**
 * Asks V8, through an inspector session of this thread's own, where `f` was written.
 *
 * Takes a tenth of a millisecond. The first function of a script that was not seen before, and in which no call is
 * under way, takes some milliseconds more; of a package's ES module, or of a script that was loaded after that, some
 * hundred in a big program.
 */
export function originOf(f: Function): Origin {
  if (types.isProxy(f)) return { kind: 'proxy' };
  try {
    const session = inspectorSession();
    return askAbout(session, f, (objectId) => examine(session, objectId, f));
  } catch (reason) {
    return { kind: 'denied', reason };
  }
}

function examine(session: Session, objectId: string, f?: Function): Origin {
  const internal = withDeadZones(() => internalsOf(session, objectId));
  const target = internal('[[TargetFunction]]')?.objectId;
  if (target !== undefined) return { kind: 'bound', target: examine(session, target) };
  if (internal('[[Handler]]') !== undefined) return { kind: 'proxy' };
  const position = internal('[[FunctionLocation]]')?.value as ScriptPosition | undefined;
  if (position === undefined) return { kind: 'native' };
  const { scriptId, lineNumber, columnNumber = 0 } = position;
  const scopes = scopesOf(session, internal('[[Scopes]]')?.objectId);
  return {
    kind: 'script',
    script: scriptOf(session, f, position, scopes),
    scriptId,
    line: lineNumber,
    column: columnNumber,
    scopes,
  };
}

function scopesOf(session: Session, objectId: string | undefined): readonly Scope[] {
  if (objectId === undefined) return [];
  // V8's list has no prototype.
  return Array.from((valueOf(session, objectId) ?? []) as ArrayLike<Scope>);
}

function scriptOf(
  session: Session,
  f: Function | undefined,
  position: ScriptPosition,
  scopes: readonly Scope[],
): Script {
  const { scriptId } = position;
  const known = knownScript(scriptId);
  if (known !== undefined) return known;
  if (f !== undefined && isMadeOfText(f, scopes)) {
    scriptIsNoModule(scriptId);
    return MADE_OF_TEXT;
  }
  const ofProgram = scriptOfProgram(session, f, position, scopes);
  if (ofProgram !== undefined) {
    rememberScript(scriptId, ofProgram);
    return ofProgram;
  }
  const script = scriptById(session, scriptId);
  if (script === undefined) throw new Error(`The inspector does not know its own script ${scriptId}.`);
  return script;
}

const MADE_OF_TEXT: Script = { url: '', isModule: false, inMainRealm: true, sourceMapUrl: '' };

/**
 * Whether `f` was made by `new Function`: of all the scripts of a program, V8 need not be asked then. Templates and
 * validators are made like that by the hundred. A text may give itself a name, which only V8 knows.
 */
function isMadeOfText(f: Function, scopes: readonly Scope[]): boolean {
  if (scopes.length !== 1 || scopes[0]?.object !== globalThis) return false;
  const text = Function.prototype.toString.call(f);
  return /^(?:async )?function\*? anonymous\([^]*?\n\) \{\n/.test(text) && !text.includes('# source');
}
