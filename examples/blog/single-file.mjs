/** The same in one file: nothing is exported, and nothing is set up for the thread. */
import { deferToThread } from 'heddle';

const initVal = () => 1_000_000;

/**
 * Counts the primes below a limit by trying every divisor.
 *
 * @param {number} limit
 */
function innerBlockingCode(limit) {
  let primes = 0;
  for (let n = 2; n < limit; n++) {
    let divisor = 2;
    while (divisor * divisor <= n && n % divisor !== 0) divisor++;
    if (divisor * divisor > n) primes++;
  }
  return primes;
}

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

console.log(`blocking: ${blockingCode()}; meanwhile the event loop turned ${turns} times`);

turns = 0;
console.log(`not blocking: ${await nonBlockingCode()}; meanwhile the event loop turned ${turns} times`);

clearImmediate(turning);
