import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { HANGS_MS } from './hangs.ts';
import { doctor } from './paths.ts';

/** How a run of the doctor ended, and what was written. */
export interface Examined {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ExamineOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly node?: string;
  /** Whether nobody reads its standard error. */
  readonly isUnheard?: boolean;
  /** Is given what was written so far, and the process: to send it signals. */
  readonly onOutput?: (output: string, child: ReturnType<typeof spawn>) => void;
}

/** Runs `heddle-doctor` to its end. The deadline is there for hangs only. */
export async function examine(args: readonly string[], options: ExamineOptions = {}): Promise<Examined> {
  const { cwd, env, node = process.execPath, isUnheard = false, onOutput } = options;
  const child = spawn(node, [doctor, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: HANGS_MS,
    killSignal: 'SIGKILL',
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, NODE_OPTIONS: '', NODE_TEST_CONTEXT: undefined, NO_COLOR: undefined, ...env },
  });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text;
      onOutput?.(output.stdout + output.stderr, child);
    });
  }
  if (isUnheard) child.stderr.destroy();
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal, ...output };
}

/** What is used here of what `--json` writes. */
export interface Report {
  readonly version: number;
  readonly threshold: number;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly blocked: number;
  readonly longest: number;
  readonly places: readonly Place[];
  readonly blocks: readonly { readonly isUnfinished: boolean; readonly duration: number }[];
  readonly processes: readonly { readonly command: readonly string[] }[];
  readonly notes: readonly string[];
}

export interface Place {
  readonly file: string;
  readonly line: number;
  readonly functionName: string;
  readonly call: string | null;
  readonly callee: string | null;
  readonly source: string | null;
  readonly kind: string | null;
  readonly count: number;
  readonly total: number;
  readonly longest: number;
  readonly stack: readonly { readonly functionName: string; readonly line: number; readonly origin: string }[];
  readonly judgement: { readonly verdict: string } | null;
}

/** Runs the doctor and gives its report as it writes it for other programs. */
export async function reportOn(
  args: readonly string[],
  options: ExamineOptions = {},
): Promise<Examined & { readonly report: Report }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'heddle-doctor-test-'));
  try {
    const file = path.join(folder, 'report.json');
    const examined = await examine(['--json', file, ...args], options);
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      throw new Error(`The doctor wrote no report:\n${examined.stdout}${examined.stderr}`, { cause: error });
    }
    return { ...examined, report: JSON.parse(text) as Report };
  } finally {
    await rm(folder, { recursive: true });
  }
}
