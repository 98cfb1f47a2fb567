import { appendFileSync } from 'node:fs';
import { type Runtime, Session } from 'node:inspector';
import { workerData } from 'node:worker_threads';
import type { LookoutData } from './lookout.ts';
import type { StuckRecord } from './records.ts';

const { turns, file, stackNow } = workerData as LookoutData;

/** How long the loop must have stood still for this thread to write that down, and at first. */
const FIRST_MS = 1000;
const LOOK_MS = 100;
/** A longer pause of this thread means that the whole process was stopped. */
const STOPPED_MS = 20 * LOOK_MS;

let count = Atomics.load(turns, 0);
/** How long this thread has seen the loop stand still. */
let still = 0;
let due = FIRST_MS;
let last = performance.now();
let session: Session | undefined;

setInterval(() => {
  const now = performance.now();
  const step = now - last;
  last = now;
  if (Atomics.load(turns, 0) !== count) {
    count = Atomics.load(turns, 0);
    still = 0;
    due = FIRST_MS;
    leave();
    return;
  }
  if (step < STOPPED_MS) still += step;
  if (still < due) return;
  due *= 2;
  look(still);
}, LOOK_MS);

/** Without a stack at once, since it may never come; then with it. */
function look(duration: number): void {
  const began = Date.now() - duration;
  write({ type: 'stuck', began, duration, place: undefined, stack: [] });
  if (session !== undefined) return;
  const asked = new Session();
  session = asked;
  asked.connectToMainThread();
  // Within the step of a debugger it would stop in this, and wait for who waits for the answer.
  const question: Runtime.EvaluateParameterType & { readonly disableBreaks: true } = {
    expression: stackNow,
    returnByValue: true,
    disableBreaks: true,
  };
  asked.post('Runtime.evaluate', question, (error, answer) => {
    leave();
    const found = error ? undefined : (answer.result.value as string | undefined);
    if (found !== undefined) write({ type: 'stuck', began, duration, ...JSON.parse(found) });
  });
}

function leave(): void {
  session?.disconnect();
  session = undefined;
}

function write(record: StuckRecord): void {
  try {
    appendFileSync(file, `${JSON.stringify(record)}\n`);
  } catch {
    // Whoever would have read it has gone.
  }
}
