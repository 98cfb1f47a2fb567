import { refuseSecondRun } from '../../wire/second-run.ts';

const namespaces = new Map<string, object>();

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
  const namespace = await load();
  // Where Node cannot keep the program's entry module out, what came in with this one has to be looked at.
  refuseSecondRun();
  imported.set(key, namespace);
  return namespace;
}
