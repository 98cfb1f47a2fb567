/**
 * Gives every thread of a pool something to do at the same time, twice, so that all are there and know the function.
 *
 * @param {import('../peers/peer.ts').Pool} pool @param {number} threads
 */
export async function engage(pool, threads) {
  for (let time = 0; time < 2; time++) await hold(pool, threads, 20);
}

/**
 * A pool whose threads are all there.
 *
 * @param {import('../peers/peer.ts').Peer} peer @param {number} threads
 */
export async function startEngaged(peer, threads) {
  const pool = await peer.start(threads);
  await engage(pool, threads);
  return pool;
}

/**
 * Gives so many threads of a pool something to do that takes none of the processor's time.
 *
 * @param {import('../peers/peer.ts').Pool} pool @param {number} threads @param {number} milliseconds
 * @returns a promise of when they are free again
 */
export function hold(pool, threads, milliseconds) {
  const sleep = pool.caller('sleep');
  return Promise.all(Array.from({ length: threads }, () => sleep(milliseconds)));
}
