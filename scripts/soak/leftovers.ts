import { globSync, readFileSync } from 'node:fs';

/** What a program that does nothing has, and has again when a pool is gone. */
export interface Leftovers {
  /** Threads of the process, where the operating system tells. */
  readonly threads: number;
  /** Child processes, the same. */
  readonly processes: number;
  /** Of the memory, what is reachable, in bytes. */
  readonly heap: number;
  readonly resident: number;
  /** What keeps the process or belongs to the loop. */
  readonly resources: Readonly<Record<string, number>>;
  /** Listeners on the process and on the signals given. */
  readonly listeners: number;
}

/** Looks at the process, when garbage has been collected. */
export function leftovers(): Leftovers {
  globalThis.gc?.();
  const resources: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  const { heapUsed, external, rss } = process.memoryUsage();
  const listeners = process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
  return {
    threads: globSync('/proc/self/task/*').length,
    processes: globSync('/proc/[0-9]*/stat').filter(isChild).length,
    heap: heapUsed + external,
    resident: rss,
    resources,
    listeners,
  };
}

/** What there is more of after than before, in words. */
export function whatIsLeft(before: Leftovers, after: Leftovers): string[] {
  const left: string[] = [];
  const compare = (what: string, was: number, is: number): void => {
    if (is > was) left.push(`${what}: ${is}, before ${was}`);
  };
  compare('threads', before.threads, after.threads);
  compare('processes', before.processes, after.processes);
  compare('listeners', before.listeners, after.listeners);
  for (const [kind, count] of Object.entries(after.resources)) compare(kind, before.resources[kind] ?? 0, count);
  return left;
}

// Behind the name, which may hold anything, come the state and the parent.
function isChild(stat: string): boolean {
  try {
    const parent = /^.*\) \S (\d+)/s.exec(readFileSync(stat, 'utf8'))?.[1];
    return Number(parent) === process.pid;
  } catch {
    // It has ended meanwhile.
    return false;
  }
}
