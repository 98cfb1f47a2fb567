import type { Session } from 'node:inspector';
import { inspectorSession } from '../callable/scripts/inspector-session.ts';
import { askWhereabouts } from '../wire/whereabouts.ts';
import { now } from '../../defer/node-timers.ts';

/** Gets the frames of a thread's job as lines of a stack; an empty text where the thread is in no code of its job. */
export type TellWhereabouts = (frames: string) => void;

interface Question {
  readonly threadId: number;
  readonly tell: TellWhereabouts;
}

interface WorkerAttached {
  readonly params: { readonly sessionId: string; readonly workerInfo: { readonly title: string } };
}

/** One that has not answered by then is in native code, where it cannot be in the middle of an answer. */
const LONGEST_WAIT_MS = 1000;

const open = new Map<number, Question>();
/** The inspector's sessions with threads, by the ids of these. */
const sessions = new Map<number, string>();
let lastId = 0;
let isListening = false;
let isEnabled = false;

/**
 * Asks a thread where in the code it is, whatever it is doing: V8 interrupts its JavaScript for the answer, which
 * takes a millisecond or two and changes nothing. In native code it answers when that returns; `tell` is called
 * for every answer.
 *
 * From the first question on the inspector has a session with each of the process's threads, for good: Node does not
 * survive a thread that ends in the moment in which it opens them. No domain of theirs is enabled, so that nothing in
 * them gets slower.
 *
 * A thread that is being ended while it answers goes on, as if nobody had told it to end, or takes the process with it
 * (Node 20, within `Atomics.wait`): tell it when it has answered.
 *
 * @returns whether it has been asked
 */
export function whereIs(threadId: number, tell: TellWhereabouts): boolean {
  try {
    const session = inspectorSession();
    enable(session);
    return ask(session, threadId, tell);
  } catch {
    // The permission model, or a runtime without such an inspector: nobody can tell.
    return false;
  }
}

function enable(session: Session): void {
  if (!isListening) listen(session);
  if (isEnabled) return;
  isEnabled = true;
  session.post('NodeWorker.enable', { waitForDebuggerOnStart: false }, (error: Error | null) => {
    if (error) isEnabled = false;
  });
}

// What a listener throws becomes a warning of Node's, so none of them may.
function listen(session: Session): void {
  isListening = true;
  process.on('exit', waitForAnswers);
  session.on('NodeWorker.attachedToWorker', ({ params }: WorkerAttached) => {
    const [, threadId] = /^\[worker (\d+)\]/.exec(params.workerInfo.title) ?? [];
    sessions.set(Number(threadId), params.sessionId);
  });
  session.on('NodeWorker.detachedFromWorker', ({ params }: { params: { sessionId: string } }) => {
    for (const [threadId, sessionId] of sessions) {
      if (sessionId !== params.sessionId) continue;
      sessions.delete(threadId);
      for (const [id, question] of open) if (question.threadId === threadId) open.delete(id);
    }
  });
  session.on('NodeWorker.receivedMessageFromWorker', ({ params }: { params: { message: string } }) => {
    answered(params.message);
  });
}

function ask(session: Session, threadId: number, tell: TellWhereabouts): boolean {
  const sessionId = sessions.get(threadId);
  if (sessionId === undefined) return false;
  const id = ++lastId;
  open.set(id, { threadId, tell });
  const params = { expression: askWhereabouts, returnByValue: true, disableBreaks: true };
  const message = JSON.stringify({ id, method: 'Runtime.evaluate', params });
  session.post('NodeWorker.sendMessageToWorker', { sessionId, message }, (error: Error | null) => {
    if (error) open.delete(id);
  });
  return open.has(id);
}

function answered(message: string): void {
  const { id, result } = JSON.parse(message) as { id: number; result?: { result?: { value?: unknown } } };
  const question = open.get(id);
  if (question === undefined) return;
  open.delete(id);
  const frames = result?.result?.value;
  question.tell(typeof frames === 'string' ? frames : '');
}

/** Node ends the threads next, and would wait for ever for one that goes on because it was in the middle of its answer. */
function waitForAnswers(): void {
  const nothing = new Int32Array(new SharedArrayBuffer(4));
  const end = now() + LONGEST_WAIT_MS;
  while (open.size > 0 && now() < end) Atomics.wait(nothing, 0, 0, 1);
}
