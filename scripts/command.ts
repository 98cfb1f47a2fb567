import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import path from 'node:path';
import { root } from './workspace.ts';

/** Runs a program in the repository's root with this terminal and ends this script when the program fails. */
export function run(program: string, args: readonly string[], options: SpawnSyncOptions = {}): void {
  const { status, signal, error } = spawnSync(program, args, { cwd: root, stdio: 'inherit', ...options });
  if (error) throw error;
  if (status === 0) return;
  const line = [path.basename(program), ...args].join(' ');
  // A test run names all its files, which would push what failed out of sight.
  console.error(`\nFailed (${signal ?? `exit ${status}`}): ${line.length > 200 ? `${line.slice(0, 200)} …` : line}`);
  process.exit(status ?? 1);
}

/** Path of a program that a devDependency brings. `npx` would fetch a stranger of that name where it is missing. */
export const tool = (name: string): string => path.join(root, 'node_modules', '.bin', name);
