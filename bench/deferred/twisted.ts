import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Case } from './cases.ts';

/** Twisted in a process of its own, which waits while the others are measured. */
export interface Twisted {
  readonly version: string;
  /** Nanoseconds for one run of the case. */
  measure(name: Case['name'], times: number): Promise<number>;
  stop(): void;
}

/** Starts it, or gives `undefined` where Debian's python3-twisted is not installed. */
export async function startTwisted(): Promise<Twisted | undefined> {
  const script = fileURLToPath(new URL('chains.py', import.meta.url));
  const child = spawn('/usr/bin/python3', [script], { stdio: ['pipe', 'pipe', 'ignore'] });
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done === true) return undefined;
  return {
    version: first.value,
    async measure(name, times) {
      child.stdin.write(`${name} ${times}\n`);
      return Number((await lines.next()).value);
    },
    stop: () => child.stdin.end(),
  };
}
