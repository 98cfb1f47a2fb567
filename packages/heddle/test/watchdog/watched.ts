import assert from 'node:assert/strict';
import type { BlockedLoop } from 'heddle/watchdog';
import { type Ended, runNode } from '../support/program.ts';

/** What a program has reported of a block. */
export type Reported = Omit<BlockedLoop, 'stack'> & {
  readonly stack: readonly { functionName: string; origin: string }[];
  /** How long the function that blocked took by its own clock, in milliseconds. */
  readonly took: number;
};

/** For all programs: `until` blocks for so many milliseconds, and `numbers` take a while to be sorted. */
const PRELUDE = `
import { watchLoop } from 'heddle/watchdog';
const until = (milliseconds) => {
  // Processor time: on a busy machine this takes longer, and not less work. That of the other threads counts as well.
  const end = process.cpuUsage().user + milliseconds * 1000;
  while (process.cpuUsage().user < end) for (let i = 0; i < 100000; i++);
};
const numbers = new Int32Array(4_000_000);
for (let i = 0, number = 1; i < numbers.length; i++) numbers[i] = number = (Math.imul(number, 1103515245) + 12345) | 0;


`;

/** How often a program does it again when a busy machine has kept the watch from seeing it. */
const MOST_TIMES = 40;

/**
 * Runs `act` in the loop of a program of its own, until its watch has reported a block, and gives the first report.
 *
 * @param act an expression for a function
 * @param body what the program consists of besides
 */
export async function blockOf(act: string, body = '', args: readonly string[] = []): Promise<Reported> {
  const program = `${PRELUDE}
const reports = [];
let options = {};
${body}
// What it takes to get ready is no part of it, and may be reported late.
let began = Infinity;
let took;
const isOfIt = (block) => block.began + block.duration > began + 20;
const watch = watchLoop({ ...options, onBlocked: (block) => isOfIt(block) && reports.push({ ...block, took }) });
await new Promise((resolve) => setTimeout(resolve, 60));
for (let times = 0; times < ${MOST_TIMES} && reports.length === 0; times++) {
  await new Promise((resolve) => setTimeout(() => {
    began = Date.now();
    const start = performance.now();
    (${act})();
    took = performance.now() - start;
    setTimeout(resolve, 100);
  }, 1));
}
watch.stop();
console.log(JSON.stringify(reports));
`;
  const { stdout, stderr, code } = await runNode([...args, '--input-type=module', '--eval', program]);
  assert.equal(code, 0, stderr);
  const [first] = JSON.parse(stdout) as Reported[];
  assert.ok(first, `nothing was reported; ${stderr}`);
  return first;
}

/** Runs a program that imports what the prelude has. */
export function runWatched(source: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return runNode([...args, '--input-type=module', '--eval', PRELUDE + source], '', env);
}
