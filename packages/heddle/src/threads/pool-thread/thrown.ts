import { inspect } from 'node:util';

/** What a thread has thrown may be anything, also what a codec has made of it here: none of its own code goes further. */
function read(look: () => unknown): string {
  try {
    return String(look());
  } catch {
    return 'what was thrown cannot be written as text';
  }
}

/** What it says, for an error that tells of it. */
export function messageOfThrown(thrown: unknown): string {
  return read(() => (thrown instanceof Error ? thrown.message : inspect(thrown)));
}

/** All that there is to say of it. */
export function detailOfThrown(thrown: unknown): string {
  return read(() => (thrown instanceof Error ? (thrown.stack ?? '') : inspect(thrown)));
}

/** The code of Node's errors, and of Heddle's. */
export function codeOfThrown(thrown: unknown): unknown {
  try {
    return (thrown as { readonly code?: unknown } | null | undefined)?.code;
  } catch {
    return undefined;
  }
}
