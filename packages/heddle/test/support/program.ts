import { execFile } from 'node:child_process';

/**
 * Runs a program of its own, which may import from `heddle/…`, and gives what
 * it wrote to stderr and its exit code: a Deferred's failure that nobody
 * handled is reported there when the program ends.
 */
export function runProgram(source: string): Promise<{ readonly stderr: string; readonly code: number | null }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['--input-type=module', '--eval', source],
      { cwd: import.meta.dirname, encoding: 'utf8' },
      (_error, _stdout, stderr) => resolve({ stderr, code: child.exitCode }),
    );
  });
}
