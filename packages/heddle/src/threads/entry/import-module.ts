import { refuseSecondRun } from '../wire/second-run.ts';

const namespaces = new Map<string, object>();

/** The namespace of a module: at once where this thread has imported it before. */
export function importModule(url: string): object | Promise<object> {
  return namespaces.get(url) ?? importFirst(url);
}

async function importFirst(url: string): Promise<object> {
  const namespace: object = await import(url);
  // Where Node cannot keep the program's entry module out, what came in with this one has to be looked at.
  refuseSecondRun();
  namespaces.set(url, namespace);
  return namespace;
}
