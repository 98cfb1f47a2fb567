/**
 * Gives every thread of a pool something to do at the same time, twice, so that all are there and know the function.
 *
 * @param {import('../peers/peer.ts').Pool} pool @param {number} threads
 */
export async function engage(pool, threads) {
  const sleep = pool.caller('sleep');
  for (let time = 0; time < 2; time++) await Promise.all(Array.from({ length: threads }, () => sleep(20)));
}
