import type { Session } from 'node:inspector';
import { urlUnderWay } from './call-sites.ts';
import type { Scope } from './origin.ts';
import { urlOfScript } from './script-urls.ts';
import type { Script } from './scripts.ts';

/**
 * The script with this id, where that can be found out without the Debugger domain, which has V8 announce all of them.
 *
 * @param scopes what surrounds a function of the script: they tell its realm, and whether it is an ES module
 */
export function scriptOfProgram(session: Session, scriptId: string, scopes: readonly Scope[]): Script | undefined {
  // Where Heddle itself runs in a realm of its own (a test runner's), the realms cannot be told apart.
  if (!isMainRealm() || scopes.at(-1)?.object !== globalThis) return undefined;
  const url = urlUnderWay(scriptId) ?? fileOfScript(session, scriptId);
  const isModule = scopes.some(({ description }) => description === 'Module');
  // Of a package, its other modules have to be known too: those of CommonJS are in its cache.
  if (url === undefined || url === '' || (isModule && url.includes('/node_modules/'))) return undefined;
  return { url, isModule, inMainRealm: true, sourceMapUrl: undefined };
}

// What has no file may have been given its name by a comment, which the Debugger domain tells from its own.
function fileOfScript(session: Session, scriptId: string): string | undefined {
  const url = urlOfScript(session, scriptId);
  return url?.startsWith('file:') === true ? url : undefined;
}

function isMainRealm(): boolean {
  return process.getBuiltinModule('node:module').constructor === Function;
}
