import { createHash } from 'node:crypto';
import type { Agent } from 'node:http';
import type { Mode } from './messages.ts';
import { request } from './request.ts';

export const CLIENTS = 4;

export interface WorkDone {
  readonly path: string;
  readonly milliseconds: number;
  readonly threadId: number | undefined;
  readonly digest: string;
}

/** Four clients, each asking for the next piece of work as soon as it has the last. */
export async function keepWorkWaiting(
  agent: Agent,
  origin: string,
  paths: readonly string[],
  mode: Mode,
  until: number,
  onDone: (done: WorkDone) => void,
): Promise<void> {
  const client = async (first: number): Promise<void> => {
    // Two steps at least, however short the phase: with them, the four have seen every route in both ways.
    for (let step = 0; step < 2 || performance.now() < until; step++) {
      const path = paths[(first + step) % paths.length] as string;
      // Every second call is one that names its thread.
      const witness = step % 2 === 1;
      const query = mode === 'inline' ? '?inline=1' : witness ? '?witness=1' : '';
      const started = performance.now();
      const { body, threadId } = await request(agent, `${origin}${path}${query}`);
      const milliseconds = performance.now() - started;
      onDone({ path, milliseconds, threadId, digest: createHash('sha256').update(body).digest('hex') });
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, index) => client(index)));
}
