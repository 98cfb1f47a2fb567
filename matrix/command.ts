import { spawnSync } from 'node:child_process';
import path from 'node:path';

export interface Ended {
  readonly status: number | null;
  readonly output: string;
}

/** Runs a program to its end, or ends it after two minutes. */
export function execute(command: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Ended {
  const [program = '', ...args] = command;
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    env,
    encoding: 'utf8',
    timeout: 120_000,
    killSignal: 'SIGKILL',
  });
  return { status, output: `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}` };
}

export function npm(args: readonly string[], cwd: string): void {
  const { status, output } = execute(['npm', ...args], cwd, process.env);
  if (status !== 0) throw new Error(`npm ${args.join(' ')} failed in ${path.basename(cwd)}:\n${output}`);
}
