import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Runs a program that prints JSON, and gives that. */
export async function run(cwd: string, ...args: readonly string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd, timeout: 60_000 });
  return JSON.parse(stdout);
}
