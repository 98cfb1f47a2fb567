import type { FunctionReference } from '../../wire/reference.ts';
import { setImmediate, now } from '../../../defer/node-timers.ts';
import { commonJsCache } from '../common-js-cache.ts';
import { isEntryModule } from './entry-module.ts';
import { importLoaded } from './loaded-import.ts';
import { findMember, type Visit, walkMembers } from '../members.ts';
import type { Origin } from '../scripts/origin.ts';
import { commonJsReference } from './reloads.ts';
import { loadedModuleUrls, rereadScripts } from '../scripts/scripts.ts';

// One step, and one more behind a default export: functions that others made are exported under a name of their own.
const DEPTH = 2;
const OWN_DEPTH = 3;
const SLICE_MS = 5;
// A module that has finished answers in the same turn. Whoever waits for the search is likely to be refused.
const PATIENCE = 4;
const AT_A_TIME = 32;

/** ES modules, by their URLs. */
const looked = new Set<string>();
/** Those of CommonJS: the program may load a file again. */
const lookedInto = new WeakSet<NodeJS.Module>();
const held = new WeakMap<Function, FunctionReference>();

/** What a search among all modules gave. */
export interface Search {
  readonly reference: FunctionReference | undefined;
  /** Whether every module could be looked at: then another search would give no other answer. */
  readonly complete: boolean;
}

/**
 * Looks for `f` in modules other than the one it is written in: a function that a factory
 * made, a bound one, one of a native addon, under the name its user exported it by.
 *
 * Each module is looked through once, in slices of a few milliseconds, so what is
 * searched for again and again in vain costs little.
 */
export async function searchOtherModules(f: Function, origin: Origin): Promise<Search> {
  let complete = await commonJs.look();
  if (origin.kind === 'denied') return { reference: held.get(f) ?? deepInCommonJs(f), complete };
  if (!held.has(f)) complete = (await esModules.look()) && complete;
  return { reference: held.get(f), complete };
}

/** What earlier searches have seen `f` exported by, on their way to another function. */
export function seenExported(f: Function): FunctionReference | undefined {
  return held.get(f);
}

/** A look through many modules, which searches that want it at the same time share. */
class SharedLook {
  readonly #lookThrough: () => Promise<boolean>;
  #underWay: Promise<boolean> | undefined;

  /** @param lookThrough tells whether every module could be looked at */
  constructor(lookThrough: () => Promise<boolean>) {
    this.#lookThrough = lookThrough;
  }

  /** Looks at whatever is loaded now: one that is under way may have come too early for the module in question. */
  async look(): Promise<boolean> {
    await this.#underWay;
    this.#underWay ??= this.#lookThrough().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }
}

const commonJs = new SharedLook(lookThroughCommonJs);
const esModules = new SharedLook(lookThroughEsModules);

async function lookThroughCommonJs(): Promise<boolean> {
  const cache = commonJsCache();
  let complete = true;
  let sliceEnd = now() + SLICE_MS;
  for (const file of Object.keys(cache)) {
    const module = cache[file];
    if ((module !== undefined && lookedInto.has(module)) || isEntryModule(file)) continue;
    if (module?.loaded !== true) {
      complete = false;
      continue;
    }
    lookedInto.add(module);
    remember(module.exports, (path) => commonJsReference(file, path));
    if (now() > sliceEnd) {
      await nextTurn();
      sliceEnd = now() + SLICE_MS;
    }
  }
  return complete;
}

/**
 * Where nobody tells which module a function is written in, the ones that are known are looked through for it alone,
 * as deep as its own would be.
 */
function deepInCommonJs(f: Function): FunctionReference | undefined {
  const cache = commonJsCache();
  for (const [file, module] of Object.entries(cache)) {
    const exports: unknown = module?.loaded === true && !isEntryModule(file) ? module.exports : undefined;
    if (exports === null || (typeof exports !== 'object' && typeof exports !== 'function')) continue;
    const found = findMember(exports, f, OWN_DEPTH);
    if (found !== undefined && found.rival === undefined) return commonJsReference(file, found.member.path);
  }
  return undefined;
}

async function lookThroughEsModules(): Promise<boolean> {
  rereadScripts();
  const open = [...loadedModuleUrls()].filter((url) => !looked.has(url) && !isEntryModule(url));
  let complete = true;
  let sliceEnd = now() + SLICE_MS;
  while (open.length > 0) {
    const answers = await Promise.all(open.splice(0, AT_A_TIME).map(lookThroughEsModule));
    if (answers.includes(false)) complete = false;
    if (now() > sliceEnd) {
      await nextTurn();
      sliceEnd = now() + SLICE_MS;
    }
  }
  return complete;
}

async function lookThroughEsModule(url: string): Promise<boolean> {
  const imported = await importLoaded(url, PATIENCE);
  // A module that is still evaluating is looked at by a later search.
  if (imported.kind === 'evaluating') return false;
  looked.add(url);
  if (imported.kind === 'namespace') remember(imported.namespace, (path) => ({ kind: 'module', url, path }));
  return true;
}

function remember(exports: unknown, refer: (path: string[]) => FunctionReference): void {
  if (exports === null || (typeof exports !== 'object' && typeof exports !== 'function')) return;
  if (typeof exports === 'function' && !held.has(exports)) held.set(exports, refer([]));
  const remembered: Visit = (f, owner, path) => {
    if (held.has(f)) return false;
    const steps = path();
    if (owner === exports || steps[0] === 'default') held.set(f, refer(steps));
    return false;
  };
  try {
    walkMembers(exports, DEPTH, remembered);
  } catch {
    // A Proxy that lets nobody look through it: whatever is looked for, it is not there.
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => resolve());
  });
}
