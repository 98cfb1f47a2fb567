import type { Session } from 'node:inspector';
import { inspectorSession } from './inspector-session.ts';

/** A source text that V8 has compiled. */
export interface Script {
  /** The name Node compiled it under: the module's URL, query included; `node:…` for Node's own; often empty for `eval`. */
  readonly url: string;
  readonly isModule: boolean;
  /** False for code of another realm (`vm.createContext`): its modules are not the loader's. */
  readonly inMainRealm: boolean;
}

interface ScriptParsed {
  readonly params: {
    readonly scriptId: string;
    readonly url: string;
    readonly embedderName?: string;
    readonly isModule?: boolean;
    readonly executionContextAuxData?: { readonly isDefault?: boolean };
  };
}

const scripts = new Map<string, Script>();

/** The script V8 knows by this id. */
export function scriptById(session: Session, scriptId: string): Script | undefined {
  if (!scripts.has(scriptId)) readScripts(session);
  return scripts.get(scriptId);
}

/** Takes note of what was loaded since a function of an unknown script last came up. */
export function rereadScripts(): void {
  readScripts(inspectorSession());
}

/** All ES modules of the main realm that were loaded when scripts were last read. */
export function loadedModuleUrls(): string[] {
  const urls = new Set<string>();
  for (const script of scripts.values()) {
    if (script.isModule && script.inMainRealm && !script.url.startsWith('node:')) urls.add(script.url);
  }
  return [...urls];
}

/** The ES modules of a folder in the order in which they were loaded: a module comes before what it imports. */
export function modulesWithin(folderUrl: string): string[] {
  const within = [...scripts].filter(([, { url, isModule, inMainRealm }]) => {
    return isModule && inMainRealm && url.startsWith(folderUrl);
  });
  return within.sort(([a], [b]) => Number(a) - Number(b)).map(([, { url }]) => url);
}

// V8 tells the URL of a script only by announcing all scripts when the Debugger domain is enabled.
// While it is enabled every `await` in the program is many times slower, so it is disabled in the same breath.
function readScripts(session: Session): void {
  const remember = ({ params }: ScriptParsed): void => {
    scripts.set(params.scriptId, {
      // A `//# sourceURL=` comment changes `url`, never the name Node gave.
      url: params.embedderName ?? params.url,
      isModule: params.isModule ?? false,
      inMainRealm: params.executionContextAuxData?.isDefault !== false,
    });
  };
  session.on('Debugger.scriptParsed', remember);
  session.post('Debugger.enable');
  session.post('Debugger.disable');
  session.off('Debugger.scriptParsed', remember);
}
