import { appendFileSync } from 'node:fs';
import { type Runtime, Session } from 'node:inspector';
import { workerData } from 'node:worker_threads';
import type { LookoutData } from './lookout.ts';
import { STUCK_EVERY_MS, type StuckRecord } from './records.ts';

const { turns, file, stackNow } = workerData as LookoutData;

const LOOK_MS = 100;
/** A longer pause of this thread means that the whole process was stopped. */
const STOPPED_MS = 20 * LOOK_MS;

let count = Atomics.load(turns, 0);
/** How long this thread has seen the loop stand still. */
let still = 0;
let due = STUCK_EVERY_MS;
/** When the loop's thread is asked next where it is: each time after twice as long. */
let asksAt = STUCK_EVERY_MS;
let last = performance.now();
let session: Session | undefined;

setInterval(() => {
  const now = performance.now();
  const step = now - last;
  last = now;
  if (Atomics.load(turns, 0) !== count) {
    count = Atomics.load(turns, 0);
    still = 0;
    due = STUCK_EVERY_MS;
    asksAt = STUCK_EVERY_MS;
    leave();
    return;
  }
  if (step < STOPPED_MS) still += step;
  if (still < due) return;
  due += STUCK_EVERY_MS;
  const began = Date.now() - still;
  // Without a stack at once, since it may never come.
  write({ type: 'stuck', began, duration: still, place: undefined, stack: [] });
  if (still < asksAt) return;
  asksAt *= 2;
  ask(began, still);
}, LOOK_MS);

function ask(began: number, duration: number): void {
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
