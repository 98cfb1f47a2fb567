import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { packageRoot } from './paths.ts';
import { HANGS_MS } from './hangs.ts';

/** How a program ended, and what it wrote. */
export interface Ended {
  readonly code: number | null;
  /** The signal that ended it, if one did. */
  readonly signal?: NodeJS.Signals;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where `heddle` and the compiled fixtures are found by their names. */
const home = path.join(packageRoot, 'build/test');

/** Runs Node to its end. The deadline is there for hangs only. */
export async function runNode(args: readonly string[], input = '', env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const child = spawn(process.execPath, args, {
    cwd: home,
    stdio: 'pipe',
    timeout: HANGS_MS,
    killSignal: 'SIGKILL',
    env: { ...process.env, NODE_OPTIONS: '', NODE_TEST_CONTEXT: undefined, ...env },
  });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => (output[stream] += text));
  }
  // A program may end without having read it.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, ...(signal === null ? {} : { signal }), ...output };
}

/** Runs ES module source from the command line, in a Node of its own. */
export function runProgram(source: string, nodeOptions: readonly string[] = []): Promise<Ended> {
  return runNode([...nodeOptions, '--input-type=module', '--eval', source]);
}

/** Runs ES module source as a file, beside the compiled fixtures: the way programs are started. */
export async function runProgramFile(
  t: TestContext,
  source: string,
  nodeOptions: readonly string[] = [],
): Promise<Ended> {
  const folder = await mkdtemp(path.join(home, 'program-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'program.mjs');
  await writeFile(file, source);
  return runNode([...nodeOptions, file]);
}

/** A file for jobs to leave traces in. */
export async function traceFile(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'heddle-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'trace');
  await writeFile(file, '');
  return file;
}
