import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { HANGS_MS } from '../support/hangs.ts';

/** The compiled fixture program of this name. */
export function programFile(name: string): string {
  return fileURLToPath(new URL(`../fixtures/callable/programs/${name}`, import.meta.url));
}

/** Runs Node with these arguments to its end and gives what it printed, one JSON value a line. */
export function runProgram(
  args: readonly string[],
  { input, env }: { readonly input?: string | undefined; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      args,
      { timeout: HANGS_MS, env: { ...process.env, ...env } },
      (error, stdout, stderr) => {
        if (error !== null) return reject(new Error(`${error.message}\n${stderr}`, { cause: error }));
        resolve(
          stdout
            .split('\n')
            .filter((line) => line !== '')
            .map((line): unknown => JSON.parse(line)),
        );
      },
    );
    child.stdin?.end(input);
  });
}
