import { type DispatchRecord, recordDispatch } from '../defer/dispatch.ts';
import { functionName as nameOf } from '../threads/wire/function-name.ts';
import { askAbout, scriptPositionOf } from '../threads/callable/scripts/function-handle.ts';
import { openSession } from '../threads/callable/scripts/inspector-session.ts';
import { knownScript } from '../threads/callable/scripts/scripts.ts';
import { frameAt, type StackFrame } from './stack-frame.ts';

/** Counts the looks of all watches at loops that are blocked; the watching threads add to it. */
export const looks: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(4));

let watches = 0;
let last: Function | string | undefined;
/** The count of looks when it ended. */
let lastLooks = 0;

/** A call counts that a watch looked at while it went on: of calls within each other the innermost one, which ends first. */
const log: DispatchRecord = {
  begins: () => looks[0] ?? 0,
  ended: (called, begun) => {
    const now = looks[0] ?? 0;
    if (now === begun || now === lastLooks) return;
    last = called;
    lastLooks = now;
  },
};

/** Begins to take note of what Heddle's dispatch calls. Ends when all that have begun it have said so. */
export function beginLog(): void {
  watches++;
  recordDispatch(log);
}

export function endLog(): void {
  watches--;
  if (watches > 0) return;
  recordDispatch(undefined);
  last = undefined;
}

/** What was called last that a watch has looked at, with the count of looks by then. */
export function lastCall(): { readonly called: Function | string; readonly looks: number } | undefined {
  return last === undefined ? undefined : { called: last, looks: lastLooks };
}

/** Where it is written; of that no more than is known already, since to ask takes long in a large program. */
export function frameOfCall(called: Function | string): StackFrame {
  const functionName = typeof called === 'string' ? called : nameOf(called);
  const nowhere = { functionName, script: '', line: 0, column: 0 };
  const session = openSession();
  if (typeof called === 'string' || session === undefined) return { ...frameAt(nowhere), origin: 'own' };
  try {
    const position = askAbout(session, called, (objectId) => scriptPositionOf(session, objectId));
    const script = position && knownScript(position.scriptId)?.url;
    if (position === undefined || script === undefined) return { ...frameAt(nowhere), origin: 'own' };
    const { lineNumber, columnNumber = 0 } = position;
    return frameAt({ functionName, script, line: lineNumber + 1, column: columnNumber + 1 });
  } catch {
    return { ...frameAt(nowhere), origin: 'own' };
  }
}
