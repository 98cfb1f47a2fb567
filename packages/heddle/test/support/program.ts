import { execFile } from 'node:child_process';
import { packageRoot } from './paths.ts';

/** How a program ended, and what it wrote. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs ES module source in a Node of its own, which can import the built package by name. */
export function runProgram(source: string, nodeOptions: readonly string[] = []): Promise<Ended> {
  const args = [...nodeOptions, '--input-type=module', '--eval', source];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: packageRoot, timeout: 30_000 }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout, stderr });
    });
  });
}
