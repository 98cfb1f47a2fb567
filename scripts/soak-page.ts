// Soaks for a while, in threads and in processes, and writes what came of it in docs/reference/soak.md.
//
//   npm run docs:soak -- [--minutes 10]
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { megabytes, type Outcome } from './soak/outcome.ts';
import { root } from './workspace.ts';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });

const soaks = [
  { title: 'threads', options: [] },
  { title: 'threads, hard', options: ['--hard'] },
  { title: 'processes', options: ['--processes'] },
  { title: 'processes, hard', options: ['--processes', '--hard'] },
];

function soak(options: readonly string[]): Outcome {
  const script = path.join(root, 'scripts/soak.ts');
  const args = ['--expose-gc', script, '--minutes', values.minutes, '--json', ...options];
  const { status, stdout } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  console.log(stdout.replace(/^\{.*$/m, ''));
  // What has gone wrong is no result to keep.
  if (status !== 0) process.exit(status ?? 1);
  return JSON.parse(stdout.trim().split('\n').at(-1) as string) as Outcome;
}

const outcomes = soaks.map(({ options }) => soak(options));
const row = (title: string, cell: (outcome: Outcome) => string): string =>
  `| ${[title, ...outcomes.map((outcome) => cell(outcome))].join(' | ')} |`;
const whole = (count: number): string => count.toLocaleString('en-US');
const names = new Set(outcomes.flatMap(({ counts }) => Object.keys(counts)));

const page = `# The soak

Calls of all kinds with faults at random, for ${values.minutes} minutes each: values, promises, errors, cancels, limits of time,
signals, keys, priorities, iterations, values that cannot be cloned, threads that exit, throw, never end or are killed, while the
size of the pool changes, pools are stopped and others made. Each call must end once, and as it may; a pool that has been
stopped must leave no thread, no process, no listener, nothing that keeps the process, and no memory. Under "hard" every tenth call or so
ends its thread. Not one call failed the test, or there would be no table.

${[
  `| | ${soaks.map(({ title }) => title).join(' | ')} |`,
  `| --- | ${soaks.map(() => '---:').join(' | ')} |`,
  row('calls', ({ calls }) => whole(calls)),
  row('pools', ({ pools }) => whole(pools)),
  row('threads of this process, before', ({ before }) => whole(before.threads)),
  row('… and after', ({ after }) => whole(after.threads)),
  row('its child processes, before', ({ before }) => whole(before.processes)),
  row('… and after', ({ after }) => whole(after.processes)),
  row('memory that is reachable, before', ({ before }) => megabytes(before.heap)),
  row('… and after', ({ after }) => megabytes(after.heap)),
  row('resident memory, before', ({ before }) => megabytes(before.resident)),
  row('… and after', ({ after }) => megabytes(after.resident)),
  row('threads that took longer than a second to end', ({ stuck }) => whole(stuck)),
].join('\n')}

How many calls met with what:

${[
  `| | ${soaks.map(({ title }) => title).join(' | ')} |`,
  `| --- | ${soaks.map(() => '---:').join(' | ')} |`,
  ...[...names].map((name) => row(name, ({ counts }) => (counts[name] === undefined ? '–' : whole(counts[name])))),
].join('\n')}

Node ${process.version}, ${process.platform} ${process.arch}, ${availableParallelism()} cores, ${new Date().toISOString().slice(0, 10)}. Written by \`npm run docs:soak\`; \`npm run soak\` soaks for a
minute, as every run of the tests in CI does.
`;
writeFileSync(path.join(root, 'docs/reference/soak.md'), page);
