/**
 * Measures one peer, in a process of its own: `node host.mjs piscina`. Each line of its input asks for a
 * measure, each line of its output is the answer. Between questions it waits, so that others can be measured.
 */
import { createInterface } from 'node:readline';
import { measures } from '../measures/all.mjs';
import { peers } from '../peers/all.mjs';

const name = /** @type {keyof typeof peers} */ (process.argv[2]);
const before = performance.now();
const { peer } = await peers[name].load();
const importTime = performance.now() - before;
/** @type {import('../peers/peer.ts').Pool | undefined} */
let warmPool;
/** @type {Set<import('../measures/measure.ts').Measure>} */
const warmedUp = new Set();

for await (const line of createInterface({ input: process.stdin })) {
  try {
    console.log(JSON.stringify(await answer(JSON.parse(line))));
  } catch (error) {
    console.log(JSON.stringify({ error: error instanceof Error ? error.stack : String(error) }));
  }
}
// Some peers' threads keep a process, and some cannot be ended in good order.
process.exit();

/** @param {import('./question.ts').Question} question */
async function answer({ measure: wanted, milliseconds, smoke }) {
  const measure = measures.find((one) => one.name === wanted);
  if (measure === undefined) throw new Error(`There is no measure ${wanted}.`);
  if (measure.process === 'fresh') return run(measure, milliseconds, smoke);
  // The first time, code is loaded and compiled.
  if (!warmedUp.has(measure)) await run(measure, milliseconds / 2, true);
  warmedUp.add(measure);
  return run(measure, milliseconds, smoke);
}

/** @param {import('../measures/measure.ts').Measure} measure @param {number} milliseconds @param {boolean} isSmall */
async function run(measure, milliseconds, isSmall) {
  const pool = /** @type {import('../peers/peer.ts').Pool} */ (
    measure.process === 'warm' ? (warmPool ??= await peer.start(1)) : undefined
  );
  /** @type {(full: number, small: number) => number} */
  const size = (full, small) => (isSmall ? small : full);
  return measure.run({ peer, pool, milliseconds, importTime, size });
}
