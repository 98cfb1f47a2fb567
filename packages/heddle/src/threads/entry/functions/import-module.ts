import { refuseSecondRun } from '../../wire/second-run.ts';

const namespaces = new Map<string, object>();
/** What is being imported now. */
const imports = new Set<Promise<object>>();

/** The namespace of a module: at once where this thread has imported it before. */
export function importModule(url: string): object | Promise<object> {
  return namespaces.get(url) ?? importFirst(namespaces, url, () => import(url));
}

/** Imports what this thread has not imported yet, and keeps its namespace under `key`. */
export async function importFirst(
  imported: Map<string, object>,
  key: string,
  load: () => Promise<object>,
): Promise<object> {
  const loading = load();
  imports.add(loading);
  const namespace = await loading.finally(() => imports.delete(loading));
  // Where Node cannot keep the program's entry module out, what came in with this one has to be looked at.
  refuseSecondRun();
  imported.set(key, namespace);
  return namespace;
}

/**
 * Requires something, again after what is being imported now where it is part of that: since Node 24 such a module cannot
 * be had before it is there.
 */
export function besideImports<Required>(load: () => Required): Required | Promise<Required> {
  try {
    return load();
  } catch (error) {
    const isEarly = (error as { code?: unknown } | undefined)?.code === 'ERR_REQUIRE_ESM_RACE_CONDITION';
    if (!isEarly || imports.size === 0) throw error;
    return Promise.allSettled(imports).then(load);
  }
}
