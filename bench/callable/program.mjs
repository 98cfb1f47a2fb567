/** Measures, in a process of its own, what it costs to get functions of several kinds into a thread; prints JSON. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ThreadPool } from 'heddle';
import { median } from '../statistics.mjs';
import { exported } from './exported.mjs';

const ROUNDS = Number(process.argv[2] ?? 2000);
const NEW_FUNCTIONS = 40;
const BURST = 50;
const AWAITS = 20_000;

const pool = new ThreadPool({ max: 1, min: 1 });

const awaitsBefore = await timeOfAwaits();
const firstExported = await timeOf(() => pool.defer(exported, 1));
const results = {
  node: process.version,
  firstInProcess: firstExported,
  ...(await newFunctions()),
  ...(await knownFunctions()),
  awaitsBefore,
  awaitsAfter: await timeOfAwaits(),
};
await pool.stop();
console.log(JSON.stringify(results));

/** Functions that no call has had before, each from a literal of its own, in a module of a hundred others. */
async function newFunctions() {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-bench-'));
  const numbers = Array.from({ length: NEW_FUNCTIONS }, (_, number) => number);
  const file = path.join(folder, 'functions.mjs');
  writeFileSync(
    file,
    [
      ...numbers.map((n) => `export function exported${n}(n) { return n + ${n}; }`),
      ...numbers.map((n) => `const constant${n} = ${n};`),
      'export function closures(local) {',
      `  return [${numbers.map((n) => `(n) => n + local + constant${n}`).join(', ')}];`,
      '}',
    ].join('\n'),
  );
  const module = await import(pathToFileURL(file).href);
  const ofExported = [];
  for (const n of numbers) ofExported.push(await timeOf(() => pool.defer(module[`exported${n}`], 1)));
  const ofInline = [];
  for (const f of module.closures(3)) ofInline.push(await timeOf(() => pool.defer(f, 1)));
  rmSync(folder, { recursive: true });
  return { newExported: median(ofExported), firstInline: ofInline[0], newInline: median(ofInline.slice(1)) };
}

/** Each call has a closure of its own; the kinds take turns, so that they share the machine's moods. */
async function knownFunctions() {
  const calls = {
    exported: () => pool.defer(exported, 1),
    inline0: () => pool.defer((/** @type {number} */ n) => n, 1),
    inline3: () => three(1, 2, 3),
    inline20: () => twenty(Array.from({ length: 20 }, (_, n) => n)),
  };
  /** @type {Record<string, number[]>} */
  const trips = {};
  /** @type {Record<string, number[]>} */
  const onLoop = {};
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, call] of Object.entries(calls)) {
      const before = performance.now();
      const called = call();
      (onLoop[name] ??= []).push(performance.now() - before);
      await called;
      (trips[name] ??= []).push(performance.now() - before);
    }
  }
  /** @type {Record<string, number[]>} */
  const bursts = {};
  for (let round = 0; round < ROUNDS / 10; round++) {
    for (const [name, call] of Object.entries(calls)) {
      const before = performance.now();
      const called = Array.from({ length: BURST }, call);
      (bursts[name] ??= []).push((performance.now() - before) / BURST);
      await Promise.all(called);
    }
  }
  const entries = Object.keys(calls).flatMap((name) => [
    [`${name}RoundTrip`, median(trips[name] ?? []) * 1000],
    [`${name}OnLoop`, median(onLoop[name] ?? []) * 1000],
    [`${name}InBurst`, median(bursts[name] ?? []) * 1000],
    // Round by round, so that both sides had the same moment of the machine.
    [`${name}OverExported`, median(differences(onLoop[name] ?? [], onLoop['exported'] ?? [])) * 1000],
    [`${name}BurstOverExported`, median(differences(bursts[name] ?? [], bursts['exported'] ?? [])) * 1000],
  ]);
  return Object.fromEntries(entries);
}

/** @param {number[]} values @param {number[]} from */
function differences(values, from) {
  return values.map((value, index) => value - (from[index] ?? 0));
}

/** @param {number} a @param {number} b @param {number} c */
function three(a, b, c) {
  return pool.defer((/** @type {number} */ n) => n + a + b + c, 1);
}

/** @param {number[]} values */
function twenty([a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0, j = 0, ...others]) {
  const [k = 0, l = 0, m = 0, n = 0, o = 0, p = 0, q = 0, r = 0, s = 0, t = 0] = others;
  return pool.defer(() => a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p + q + r + s + t);
}

/** @param {() => PromiseLike<unknown>} call */
async function timeOf(call) {
  const before = performance.now();
  await call();
  return (performance.now() - before) * 1000;
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
