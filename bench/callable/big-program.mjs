/**
 * Measures, in a process of its own, what the first calls cost in a program of 2,000 modules; prints JSON.
 *
 *   node big-program.mjs folder [start]    `start`: after `pool.start()`
 */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ThreadPool } from 'heddle';
import { median } from '../statistics.mjs';

const [, , folder = '', start] = process.argv;
const NEW_FUNCTIONS = 40;
const KNOWN_CALLS = 2000;
const AWAITS = 20_000;

const { modules } = await import(pathToFileURL(path.join(folder, 'all.mjs')).href);
const pool = new ThreadPool({ max: 1, min: 1 });
/** @type {Record<string, number>} */
const results = { awaitsBefore: await timeOfAwaits(), codeBefore: timeOfCode() };

if (start === 'start') {
  const before = performance.now();
  pool.start();
  results['start'] = (performance.now() - before) * 1000;
}
// The thread is up, so that what is measured is the finding of functions.

await new Promise((resolve) => setTimeout(resolve, 200));

const callOf = (/** @type {number} */ n) => () => pool.defer(modules[n][`exported${n}`], 1);
Object.assign(results, await figures('first', callOf(0)));
Object.assign(results, await figures('firstInline', () => modules[2].defer(pool, 3)));
const exported = [];
const inline = [];
for (let n = 4; n < 4 + NEW_FUNCTIONS; n++) {
  exported.push(await figures('newExported', callOf(n)));
  inline.push(await figures('newInline', () => modules[n].defer(pool, n)));
}
Object.assign(results, medians(exported), medians(inline));
const known = [];
for (let n = 0; n < KNOWN_CALLS; n++) known.push(await figures('known', callOf(0)));
Object.assign(results, medians(known));
results['awaitsAfter'] = await timeOfAwaits();
results['codeAfter'] = timeOfCode();
await pool.stop();
console.log(JSON.stringify({ node: process.version, ...results }));

/**
 * In microseconds: until the result is there, and for how long the call kept the loop.
 *
 * @param {string} name @param {() => PromiseLike<unknown>} call
 * @returns {Promise<Record<string, number>>}
 */
async function figures(name, call) {
  const before = performance.now();
  const called = call();
  const onLoop = (performance.now() - before) * 1000;
  await called;
  return { [name]: (performance.now() - before) * 1000, [`${name}OnLoop`]: onLoop };
}

/** @param {Record<string, number>[]} all */
function medians(all) {
  return Object.fromEntries(Object.keys(all[0] ?? {}).map((key) => [key, median(all.map((one) => one[key] ?? 0))]));
}

async function timeOfAwaits() {
  const times = [];
  for (let round = 0; round < 60; round++) {
    const before = performance.now();
    for (let i = 0; i < AWAITS; i++) await undefined;
    times.push(performance.now() - before);
  }
  // Whatever else the machine does only makes it slower.
  return Math.min(...times);
}

function timeOfCode() {
  const times = [];
  for (let round = 0; round < 60; round++) {
    const before = performance.now();
    work(30_000);
    times.push(performance.now() - before);
  }
  return Math.min(...times);
}

/** @param {number} rounds */
function work(rounds) {
  const seen = new Map();
  let sum = 0;
  for (let i = 0; i < rounds; i++) {
    seen.set(i % 1000, (seen.get(i % 1000) ?? 0) + i);
    sum += `${i}`.length;
  }
  return sum + seen.size;
}
