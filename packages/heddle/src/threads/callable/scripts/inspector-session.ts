import type { Session } from 'node:inspector';
import { clearTimeout, setTimeout } from '../../../defer/node-timers.ts';

const GROUP = 'heddle.callable';
const RELEASE_AFTER = 64;
const RELEASE_MS = 100;

let open: Session | undefined;
let questions = 0;
/** The questions that are under way, one within the other. */
let holders = 0;
let releasing: NodeJS.Timeout | undefined;

/**
 * This thread's session with its own inspector, for good once it is needed: as long as no domain is
 * enabled, a session costs a program nothing, and to open one costs as much as to ask one.
 *
 * @throws where the runtime has no inspector, or does not let the program use it
 */
export function inspectorSession(): Session {
  if (open !== undefined) return open;
  // Looked up late: a program that never defers an unknown function does not load the inspector.
  const { Session } = process.getBuiltinModule('node:inspector');
  const session = new Session();
  session.connect();
  open = session;
  return session;
}

/** The session, where it is open already. */
export function openSession(): Session | undefined {
  return open;
}

// In Node a session to one's own thread answers before `post` returns. Runtimes that answer later, or with
// an error, cannot be asked here.
export function ask<Result>(session: Session, method: string, params: object): Result {
  let answer: { error: unknown; result: unknown } | undefined;
  session.post(method, params, (error: Error | null, result?: object) => {
    answer = { error, result };
  });
  if (answer === undefined) throw new Error('The inspector of this runtime does not answer at once.');
  if (answer.error) throw answer.error;
  return answer.result as Result;
}

/** The group of the objects that the session holds for us; they are let go soon after {@link whileHolding}. */
export const objectGroup: string = GROUP;

/** Asks about objects of {@link objectGroup}, which are let go of soon: not at once, because that is another question. */
export function whileHolding<Answer>(session: Session, question: () => Answer): Answer {
  holders += 1;
  try {
    return question();
  } finally {
    holders -= 1;
    releaseSoon(session);
  }
}

function releaseSoon(session: Session): void {
  questions += 1;
  // A question within another one leaves the objects to that.
  if (questions >= RELEASE_AFTER && holders === 0) release(session);
  else releasing ??= setTimeout(() => release(session), RELEASE_MS).unref();
}

function release(session: Session): void {
  clearTimeout(releasing);
  releasing = undefined;
  questions = 0;
  try {
    session.post('Runtime.releaseObjectGroup', { objectGroup: GROUP }, () => {});
  } catch {
    // An inspector that refuses this has refused the questions, and holds nothing.
  }
}
