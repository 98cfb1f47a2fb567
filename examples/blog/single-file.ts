/** The same in one TypeScript file, which Node runs as it is: nothing is exported, and nothing is set up for the thread. */
import { type Deferred, deferToThread } from 'heddle';

const initVal = (): number => 1_000_000;

/** Counts the primes below a limit by trying every divisor. */
function innerBlockingCode(limit: number): number {
  let primes = 0;
  for (let n = 2; n < limit; n++) {
    let divisor = 2;
    while (divisor * divisor <= n && n % divisor !== 0) divisor++;
    if (divisor * divisor > n) primes++;
  }
  return primes;
}

function blockingCode(): number {
  const val = innerBlockingCode(initVal());
  return val + 10;
}

function nonBlockingCode(): Deferred<number> {
  const d = innerNonBlockingCode(initVal());
  d.addCallback(nonBlockingCodeAdder);
  return d; // someone else adds the next callback, or awaits it
}

const nonBlockingCodeAdder = (val: number) => val + 10;

const innerNonBlockingCode = (val: number) => deferToThread(innerBlockingCode, val);

// How often the event loop comes round: every turn could have answered a request.
let turns = 0;
const count = (): void => {
  turns++;
  turning = setImmediate(count);
};
let turning = setImmediate(count);

console.log(`blocking: ${blockingCode()}; meanwhile the event loop turned ${turns} times`);

turns = 0;
console.log(`not blocking: ${await nonBlockingCode()}; meanwhile the event loop turned ${turns} times`);

clearImmediate(turning);
