import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { run } from './command.ts';
import { root } from './workspace.ts';

export interface TestRun {
  /** The Node binary that runs the tests. */
  readonly node: string;
  /** Only files whose path contains one of these; all files when empty. */
  readonly paths?: readonly string[];
  /** Only tests whose name matches this pattern. */
  readonly name?: string;
}

/** Node leaves one processor free, which is half of the machine where there are two; most tests wait more than they compute. */
const concurrency = Math.max(2, availableParallelism() - 1);

/** A test file that has not ended by then hangs; the slowest takes a small part of it. */
const fileTimeout = 600_000;

/** Runs the compiled test files in one run of node:test and ends this script when a test fails. */
export function runTests({ node, paths = [], name }: TestRun): void {
  // Listed here because `node --test` takes glob patterns from Node 21 on only.
  const files = globSync('packages/*/build/test/**/*.test.js', { cwd: root })
    .filter((file) => paths.length === 0 || paths.some((part) => file.includes(part)))
    .sort();
  if (files.length === 0) {
    const wanted = paths.length === 0 ? '' : ` with ${paths.join(' or ')} in its path`;
    throw new Error(`No compiled test file${wanted}: npm run typecheck compiles them`);
  }
  const selection = name === undefined ? [] : [`--test-name-pattern=${name}`];
  const options = [`--test-timeout=${fileTimeout}`, `--test-concurrency=${concurrency}`];
  run(node, ['--test', '--test-reporter=spec', ...options, ...selection, ...files]);
}
