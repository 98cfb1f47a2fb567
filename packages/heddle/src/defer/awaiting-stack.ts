/** Errors whose stacks are to show who awaits them, with the line that stands between the two. */
const open = new WeakMap<Error, string>();

const extended = new WeakSet<Error>();

/**
 * Lets the stack of an error that comes from elsewhere go on with the frames of those who await it: as soon as a promise
 * is rejected with it.
 *
 * @param boundary a line to put in between; empty for none
 */
export function showAwaiters(error: unknown, boundary: string): void {
  if (error instanceof Error) open.set(error, boundary);
}

/**
 * What to resolve a promise with that is to be rejected with `error`: it is rejected a few microtasks later, when V8 can
 * tell who awaits it. Undefined where nothing is to be added.
 */
export function rejectionWithAwaiters(error: unknown): Promise<never> | undefined {
  return open.has(error as Error) ? rejectLater(error as Error) : undefined;
}

function rejectLater(error: Error): Promise<never> {
  // V8 follows from the running reaction to whoever waits for its promise. The promise that is resolved with this one
  // is such a waiter from the next microtask but one.
  return Promise.resolve()
    .then(nothing)
    .then(nothing)
    .then((): never => {
      const boundary = open.get(error);
      if (open.delete(error)) appendToStack(error, boundary ?? '', asyncFrames());
      throw error;
    });
}

/** Adds frames, each a line, to the stack of an error that lets itself be changed. */
export function appendToStack(error: Error, boundary: string, frames: string): void {
  // Several calls may fail with one error.
  if (frames === '' || typeof error.stack !== 'string' || extended.has(error)) return;
  extended.add(error);
  const stack = [error.stack, boundary, frames].filter((part) => part !== '').join('\n');
  // It may be frozen.
  Reflect.defineProperty(error, 'stack', { value: stack, writable: true, configurable: true });
}

/** The functions that wait for the reaction which runs now. */
function asyncFrames(): string {
  const here: { stack?: unknown } = {};
  Error.captureStackTrace(here);
  const lines = typeof here.stack === 'string' ? here.stack.split('\n') : [];
  return lines.filter((line) => /^\s+at async /.test(line)).join('\n');
}

function nothing(): void {}
