// Computes in a loop of its own.
function countPrimes(milliseconds: number): number {
  const end = Date.now() + milliseconds;
  let primes = 0;
  for (let number = 2; Date.now() < end; number++) {
    let isPrime = true;
    for (let divisor = 2; divisor * divisor <= number; divisor++) {
      // blocks
      isPrime &&= number % divisor !== 0; // blocks
    }
    if (isPrime) primes++;
  }
  return primes;
}

setTimeout(() => {
  console.log(countPrimes(500) > 0);
}, 100);
