import type { Session } from 'node:inspector';
import { isAbsolute } from 'node:path';
import { BoundedMap } from '../../wire/bounded-map.ts';
import { keepBranchCounts } from './coverage.ts';
import { inspectorSession } from './inspector-session.ts';
import { scriptsWereCompiled, startScriptCount } from './script-count.ts';

/** A source text that V8 has compiled. */
export interface Script {
  /** The name Node compiled it under: the module's URL, query included; `node:…` for Node's own; often empty for `eval`. */
  readonly url: string;
  readonly isModule: boolean;
  /** False for code of another realm (`vm.createContext`): its modules are not the loader's. */
  readonly inMainRealm: boolean;
  /** What its `//# sourceMappingURL=` says; empty where it has none, undefined where V8 was not asked or it is long. */
  readonly sourceMapUrl: string | undefined;
}

interface ScriptParsed {
  readonly params: {
    readonly scriptId: string;
    readonly url: string;
    readonly embedderName?: string;
    readonly isModule?: boolean;
    readonly sourceMapURL?: string;
    readonly length?: number;
    readonly executionContextAuxData?: { readonly isDefault?: boolean };
  };
}

const LONGEST_KEPT = 1000;
const MOST_MADE_OF_TEXT = 5000;

/** Modules, and what else is loaded from somewhere. */
const scripts = new Map<string, Script>();
/** Of `eval`, of `vm`: a program may make such all the time. */
const madeOfText = new BoundedMap<string, Script>(MOST_MADE_OF_TEXT);
const modules = new Set<string>();
let haveBeenRead = false;

/** The script V8 knows by this id, as far as it has come up before. */
export function knownScript(scriptId: string): Script | undefined {
  return scripts.get(scriptId) ?? madeOfText.get(scriptId);
}

/** Takes note of a script. */
export function rememberScript(scriptId: string, script: Script): void {
  const { url, isModule } = script;
  const isLoaded = isModule || /^(?:file|node):/.test(url) || isAbsolute(url);
  (isLoaded ? scripts : madeOfText).set(scriptId, script);
}

/** The script V8 knows by this id. */
export function scriptById(session: Session, scriptId: string): Script | undefined {
  const known = knownScript(scriptId);
  if (known !== undefined) return known;
  let found: Script | undefined;
  askDebugger(
    session,
    () => {},
    (parsed) => {
      if (parsed.params.scriptId === scriptId) found = scriptOf(parsed);
    },
  );
  // Of many that are made of text, it would be forgotten with the older ones.
  if (found !== undefined) rememberScript(scriptId, found);
  return found;
}

/** The `//# sourceMappingURL=` of a script, empty where it has none. */
export function sourceMapUrlOf(scriptId: string): string {
  const known = knownScript(scriptId)?.sourceMapUrl;
  if (known !== undefined) return known;
  let found = '';
  askDebugger(
    inspectorSession(),
    () => {},
    ({ params }) => {
      if (params.scriptId === scriptId) found = params.sourceMapURL ?? '';
    },
  );
  return found;
}

/** How many characters V8 has compiled of a script. */
export function lengthOfScript(scriptId: string): number | undefined {
  let found: number | undefined;
  askDebugger(
    inspectorSession(),
    () => {},
    ({ params }) => {
      if (params.scriptId === scriptId) found = params.length;
    },
  );
  return found;
}

/** Takes note of what was loaded since this was last done, which costs next to nothing where nothing was. */
export function rereadScripts(): void {
  const session = inspectorSession();
  if (!haveBeenRead || scriptsWereCompiled(session)) readScripts(session);
}

/** Takes note of all scripts, where that has not been done before. */
export function readScriptsOnce(session: Session): void {
  if (!haveBeenRead) readScripts(session);
}

/** All ES modules of the main realm that were loaded when scripts were last read, each at the place where it stays. */
export function loadedModuleUrls(): ReadonlySet<string> {
  return modules;
}

/** The ES modules of a folder in the order in which they were loaded: a module comes before what it imports. */
export function modulesWithin(folderUrl: string): string[] {
  const within = [...scripts].filter(([, { url, isModule, inMainRealm }]) => {
    return isModule && inMainRealm && url.startsWith(folderUrl);
  });
  return within.sort(([a], [b]) => Number(a) - Number(b)).map(([, { url }]) => url);
}

/**
 * Asks a question that takes the Debugger domain. V8 announces every script when it is enabled (400 ms where they are
 * many), and while it is, every `await` in the program is many times slower: so it is disabled in the same breath,
 * and what was announced is taken note of.
 */
export function askDebugger<Answer>(
  session: Session,
  question: () => Answer,
  announced?: (script: ScriptParsed) => void,
): Answer {
  const remember = (parsed: ScriptParsed): void => {
    announced?.(parsed);
    const script = scriptOf(parsed);
    rememberScript(parsed.params.scriptId, script);
    if (script.isModule && script.inMainRealm && !script.url.startsWith('node:')) modules.add(script.url);
  };
  keepBranchCounts();
  session.on('Debugger.scriptParsed', remember);
  session.post('Debugger.enable');
  try {
    return question();
  } finally {
    session.post('Debugger.disable');
    session.off('Debugger.scriptParsed', remember);
    haveBeenRead = true;
    startScriptCount(session);
  }
}

function scriptOf({ params }: ScriptParsed): Script {
  return {
    // A `//# sourceURL=` comment changes `url`, never the name Node gave.
    url: params.embedderName ?? params.url,
    isModule: params.isModule ?? false,
    inMainRealm: params.executionContextAuxData?.isDefault !== false,
    sourceMapUrl: keptSourceMapUrl(params),
  };
}

// A map that stands in the URL itself may be larger than the script: it is asked for when it is needed.
function keptSourceMapUrl({ sourceMapURL = '' }: ScriptParsed['params']): string | undefined {
  return sourceMapURL.length > LONGEST_KEPT ? undefined : sourceMapURL;
}

function readScripts(session: Session): void {
  askDebugger(session, () => {});
}
