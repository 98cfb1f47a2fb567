import { WHEREABOUTS } from '../wire/whereabouts.ts';

const MOST_FRAMES = 50;

/**
 * Lets the reactor ask, in the middle of a job, where in the code it is.
 *
 * @param stackOf gives the part of an error's stack that is the job's own
 */
export function tellWhereabouts(stackOf: (error: Error) => string | undefined): void {
  const value = (): string => {
    const error = new Error();
    withPlainStacks(() => {
      Error.captureStackTrace(error, value);
      // The text is made when it is looked at.
      void error.stack;
    });
    return jobFrames(stackOf(error) ?? '');
  };
  Object.defineProperty(globalThis, WHEREABOUTS, { value });
}

/** The job may have changed how stacks are made; nothing of its own may run in its middle. */
function withPlainStacks(body: () => void): void {
  const own = ['stackTraceLimit', 'prepareStackTrace'].map(
    (name) => [name, Object.getOwnPropertyDescriptor(Error, name)] as const,
  );
  try {
    Object.defineProperty(Error, 'stackTraceLimit', { value: MOST_FRAMES, writable: true, configurable: true });
    Object.defineProperty(Error, 'prepareStackTrace', { value: undefined, writable: true, configurable: true });
    body();
  } finally {
    for (const [name, descriptor] of own) {
      if (descriptor === undefined) Reflect.deleteProperty(Error, name);
      else Object.defineProperty(Error, name, descriptor);
    }
  }
}

/** Without the question itself above, and what Node called the job from below. */
function jobFrames(stack: string): string {
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  const own = frames.slice(1);
  while (own.at(-1)?.includes('node:internal/')) own.pop();
  // Not the job: it is looked whether its module has run the program again.
  if (own.at(-1)?.includes('(node:inspector:')) return '';
  return own.some((line) => !line.includes('<anonymous>')) ? own.join('\n') : '';
}
