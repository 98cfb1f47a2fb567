import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { types } from 'node:util';
import { clearInterval, setInterval } from '../../../defer/node-timers.ts';
// A turn of the loop counts at most once, however long it takes: a loop that is blocked for seconds has
// not given the module a chance to finish.
const TURN_MS = 50;
const TURNS = 40;

/** The namespace of a module, or why there is none. */
export type Imported =
  | { readonly kind: 'namespace'; readonly namespace: object }
  | { readonly kind: 'failed'; readonly reason: unknown }
  | { readonly kind: 'evaluating' };

const namespaces = new Map<string, object>();

/** The namespace of a module that was imported here before. */
export function knownNamespace(url: string): object | undefined {
  return namespaces.get(url);
}

/** As good as namespaces, to find a function by what it is: those that `require` gives may have a member more. */
const required = new Map<string, object>();

/** The namespace of a module that was imported or required here before, or what is as good. */
export function namespaceAtHand(url: string): object | undefined {
  return namespaces.get(url) ?? required.get(url);
}

/**
 * Gets a module that the program has loaded already, without waiting, for {@link namespaceAtHand}: where Node can, which
 * leaves out modules with a top-level `await`.
 *
 * @returns whether it is at hand
 */
export function requireLoaded(url: string): boolean {
  if (namespaceAtHand(url) !== undefined) return true;
  if (!URL.canParse(url)) return false;
  const { protocol, search, hash } = new URL(url);
  if (protocol !== 'file:' || search !== '' || hash !== '') return false;
  try {
    const file = fileURLToPath(url);
    const exports: unknown = createRequire(file)(file);
    const isNamespace = types.isModuleNamespaceObject(exports);
    // As `import` shows a CommonJS file.
    required.set(url, isNamespace ? (exports as object) : { ...(exports as object), default: exports });
    return true;
  } catch {
    return false;
  }
}

/**
 * Gets the namespace of a module that the program has loaded already.
 *
 * A module whose top-level `await` waits for the very call that asks for it would
 * never answer, so after 40 turns of a free loop (two seconds) it counts as still evaluating.
 *
 * @param patience after how many turns of 50 ms to give up, where it matters less
 */
export function importLoaded(url: string, patience: number = TURNS): Promise<Imported> {
  return new Promise((resolve) => {
    let turns = 0;
    const clock = setInterval(() => {
      turns += 1;
      if (turns === patience) settle({ kind: 'evaluating' });
    }, TURN_MS);
    const settle = (imported: Imported): void => {
      clearInterval(clock);
      resolve(imported);
    };
    // Not for a bundler to resolve, which has taken Heddle in.
    import(/* webpackIgnore: true */ url).then(
      (namespace: object) => {
        namespaces.set(url, namespace);
        settle({ kind: 'namespace', namespace });
      },
      (reason: unknown) => settle({ kind: 'failed', reason }),
    );
  });
}
