/**
 * Measures, in a process of its own, what calls cost the loop and how long they take, for an exported function and
 * for inline functions to which the build plug-in has given addresses; prints JSON. It is built before it is run.
 */
import { ThreadPool } from 'heddle';
import { median } from '../statistics.mjs';
import { exported } from './exported.mjs';

const ROUNDS = Number(process.argv[2] ?? 2000);
const BURST = 50;

const pool = new ThreadPool({ max: 1, min: 1 });
const numbers = Array.from({ length: 20 }, (_, n) => n);
const calls = {
  exported: () => pool.defer(exported, 1),
  inline0: () => pool.defer((/** @type {number} */ n) => n, 1),
  inline3: () => three(1, 2, 3),
  inline20: () => twenty(numbers),
};

/** @type {Record<string, number[]>} */
const trips = {};
/** @type {Record<string, number[]>} */
const bursts = {};
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, call] of Object.entries(calls)) {
    const before = performance.now();
    await call();
    (trips[name] ??= []).push(performance.now() - before);
  }
}
for (let round = 0; round < ROUNDS / 10; round++) {
  for (const [name, call] of Object.entries(calls)) {
    const before = performance.now();
    const called = Array.from({ length: BURST }, call);
    (bursts[name] ??= []).push((performance.now() - before) / BURST);
    await Promise.all(called);
  }
}
await pool.stop();
const figures = Object.keys(calls).flatMap((name) => [
  [`${name}RoundTrip`, median(trips[name] ?? []) * 1000],
  [`${name}InBurst`, median(bursts[name] ?? []) * 1000],
]);
console.log(JSON.stringify({ node: process.version, ...Object.fromEntries(figures) }));

/** @param {number} a @param {number} b @param {number} c */
function three(a, b, c) {
  return pool.defer((/** @type {number} */ n) => n + a + b + c, 1);
}

/** @param {number[]} values */
function twenty([a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0, j = 0, ...others]) {
  const [k = 0, l = 0, m = 0, n = 0, o = 0, p = 0, q = 0, r = 0, s = 0, t = 0] = others;
  return pool.defer(() => a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p + q + r + s + t);
}
