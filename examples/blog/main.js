/** The same computation twice: it holds the event loop the first time, and leaves it free the second. */
import { deferToThread } from 'heddle';
import { innerBlockingCode } from './blocking.js';

const initVal = () => 1_000_000;

function blockingCode() {
  const val = innerBlockingCode(initVal());
  return val + 10;
}

function nonBlockingCode() {
  const d = innerNonBlockingCode(initVal());
  d.addCallback(nonBlockingCodeAdder);
  return d; // someone else adds the next callback, or awaits it
}

/** @param {number} val */
const nonBlockingCodeAdder = (val) => val + 10;

/** @param {number} val */
const innerNonBlockingCode = (val) => deferToThread(innerBlockingCode, val);

// How often the event loop comes round: every turn could have answered a request.
let turns = 0;
const count = () => {
  turns++;
  turning = setImmediate(count);
};
let turning = setImmediate(count);

const blocking = blockingCode();
console.log(`blocking: ${blocking}; meanwhile the event loop turned ${turns} times`);

turns = 0;
const nonBlocking = await nonBlockingCode();
console.log(`not blocking: ${nonBlocking}; meanwhile the event loop turned ${turns} times`);

clearImmediate(turning);
