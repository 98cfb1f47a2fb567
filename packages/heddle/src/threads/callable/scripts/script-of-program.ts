import type { Session } from 'node:inspector';
import { pathToFileURL } from 'node:url';
import { urlUnderWay } from './call-sites.ts';
import { commonJsFileOf } from './common-js-file.ts';
import type { ScriptPosition } from './function-handle.ts';
import type { Scope } from './scope.ts';
import { urlOfScript } from './script-urls.ts';
import type { Script } from './scripts.ts';

/**
 * The script that a function is written in, where that can be found out without the Debugger domain, which has V8 announce
 * all of them.
 *
 * @param f undefined where it is only behind another one, which it was bound by
 * @param scopes what surrounds the function: they tell its realm, and whether it is in an ES module
 */
export function scriptOfProgram(
  session: Session,
  f: Function | undefined,
  position: ScriptPosition,
  scopes: readonly Scope[],
): Script | undefined {
  // Where Heddle itself runs in a realm of its own (a test runner's), the realms cannot be told apart.
  if (!isMainRealm() || scopes.at(-1)?.object !== globalThis) return undefined;
  const isModule = scopes.some(({ description }) => description === 'Module');
  const url =
    urlUnderWay(position.scriptId) ??
    (isModule || f === undefined ? undefined : commonJsUrlOf(f, position)) ??
    fileOfScript(session, position.scriptId);
  // Of a package, its other modules have to be known too: those of CommonJS are in its cache.
  if (url === undefined || url === '' || (isModule && url.includes('/node_modules/'))) return undefined;
  return { url, isModule, inMainRealm: true, sourceMapUrl: undefined };
}

function commonJsUrlOf(f: Function, position: ScriptPosition): string | undefined {
  const file = commonJsFileOf(f, position);
  return file && pathToFileURL(file).href;
}

// What has no file may have been given its name by a comment, which the Debugger domain tells from its own.
function fileOfScript(session: Session, scriptId: string): string | undefined {
  const url = urlOfScript(session, scriptId);
  return url?.startsWith('file:') === true ? url : undefined;
}

function isMainRealm(): boolean {
  return process.getBuiltinModule('node:module').constructor === Function;
}
