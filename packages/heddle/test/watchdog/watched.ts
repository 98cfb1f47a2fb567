import assert from 'node:assert/strict';
import type { BlockedLoop } from 'heddle/watchdog';
import { type Ended, runNode } from '../support/program.ts';

/** What a program has reported of a block. */
export type Reported = Omit<BlockedLoop, 'stack'> & {
  readonly stack: readonly { functionName: string; origin: string }[];
};

/** For all programs: `until` blocks for so many milliseconds, `large` takes a while to be parsed. */
const PRELUDE = `
import { watchLoop } from 'heddle/watchdog';
const until = (milliseconds) => {
  const end = performance.now() + milliseconds;
  while (performance.now() < end) for (let i = 0; i < 10000; i++);
};
const large = () => JSON.stringify(Array.from({ length: 600000 }, (_, index) => ({ index, text: 'number ' + index })));
`;

/** How often a program does it again when a busy machine has kept the watch from seeing it. */
const MOST_TIMES = 40;

/**
 * Runs `act` in the loop of a program of its own, until its watch has reported a block, and gives the first report.
 *
 * @param body what the program consists of besides; `act` is an expression that is called
 */
export async function blockOf(act: string, body = '', args: readonly string[] = []): Promise<Reported> {
  const [first] = await blocksOf(act, body, args);
  assert.ok(first);
  return first;
}

/** The same, but gives all reports that came until then. */
export async function blocksOf(act: string, body = '', args: readonly string[] = []): Promise<Reported[]> {
  const program = `${PRELUDE}
const reports = [];
let options = {};
${body}
// What it takes to get ready is no part of it.
await new Promise((resolve) => setTimeout(resolve, 100));
const watch = watchLoop({ ...options, onBlocked: (block) => reports.push(block) });
await new Promise((resolve) => setTimeout(resolve, 200));
reports.length = 0;
for (let times = 0; times < ${MOST_TIMES} && reports.length === 0; times++) {
  await new Promise((resolve) => setTimeout(() => { (${act})(); setTimeout(resolve, 150); }, 1));
}
watch.stop();
console.log(JSON.stringify(reports));
`;
  const { stdout, stderr, code } = await runNode([...args, '--input-type=module', '--eval', program]);
  assert.equal(code, 0, stderr);
  assert.notEqual(stdout.trim(), '[]', `nothing was reported; ${stderr}`);
  return JSON.parse(stdout) as Reported[];
}

/** Runs a program that imports what the prelude has. */
export function runWatched(source: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return runNode([...args, '--input-type=module', '--eval', PRELUDE + source], '', env);
}
