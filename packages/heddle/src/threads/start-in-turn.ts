import { setImmediate } from '../defer/node-timers.ts';

/** Those whose turn has not come. */
const waiting: (() => void)[] = [];
let isTaken = false;

/**
 * Calls `start` at once, unless something has been started in this turn of the event loop; then in one of the next, by
 * itself. To start a process holds up the loop for 10 ms, or for 100 in a program with much memory: many at a time would
 * hold it up for all of that.
 *
 * @throws what `start` throws, where it is called at once; it must not throw later
 */
export function startInTurn(start: () => void): void {
  if (isTaken) {
    waiting.push(start);
    return;
  }
  isTaken = true;
  setImmediate(next);
  start();
}

function next(): void {
  const start = waiting.shift();
  isTaken = start !== undefined;
  if (start === undefined) return;
  setImmediate(next);
  start();
}
