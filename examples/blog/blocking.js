/**
 * Blocking code: counts the primes below a limit by trying every divisor.
 *
 * In a module of its own, because the thread imports the module that the
 * function is exported from.
 *
 * @param {number} limit
 * @returns {number}
 */
export function innerBlockingCode(limit) {
  let primes = 0;
  for (let n = 2; n < limit; n++) {
    let divisor = 2;
    while (divisor * divisor <= n && n % divisor !== 0) divisor++;
    if (divisor * divisor > n) primes++;
  }
  return primes;
}
