import { spawn } from 'node:child_process';
import path from 'node:path';
import { HANGS_MS } from '../support/hangs.ts';

/** The folder of the programs. The tests are compiled into `build/test/judge`. */
export const programs: string = path.join(import.meta.dirname, '../../../test/fixtures/judge');

/** How a program has ended. */
export interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Runs a program to its end; one that hangs is killed. */
export function run(program: string, args: readonly string[] = [], flags: readonly string[] = []): Promise<Ended> {
  const child = spawn(process.execPath, [...flags, path.join(programs, program), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const deadline = setTimeout(() => child.kill('SIGKILL'), HANGS_MS);
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(deadline);
      resolve({ code, output, errors });
    });
  });
}
