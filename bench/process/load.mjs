/**
 * Keeps `inFlight` calls under way for so many milliseconds: the loop of awaits behind most measures.
 *
 * @param {(caller: number) => PromiseLike<unknown>} call gets the number of the caller whose turn it is
 * @param {number} inFlight @param {number} milliseconds
 * @returns {Promise<{ rate: number, latencies: number[] }>} calls per second; of a lone caller also how many
 *   milliseconds each call took: several wait for one another
 */
export async function load(call, inFlight, milliseconds) {
  /** @type {number[]} */
  const latencies = [];
  let calls = 0;
  const started = performance.now();
  const until = started + milliseconds;
  /** @param {number} number */
  const caller = async (number) => {
    for (let before = performance.now(); before < until; ) {
      await call(number);
      // Every call pays for the clock, but only the lone one keeps its figure.
      const after = performance.now();
      if (inFlight === 1) latencies.push(after - before);
      before = after;
      calls++;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, (_, number) => caller(number)));
  return { rate: calls / ((performance.now() - started) / 1000), latencies };
}
