import { hoist, type HoistOptions } from './hoist.ts';
import type { ThreadModule } from './thread-module.ts';

/** The way to a thread's module: which of a module's deferred functions, which of those within it, and so on. */
export type ThreadPath = readonly number[];

export function readPath(text: string): ThreadPath {
  return text.split(',').map(Number);
}

/** The modules that make the deferred functions along the path, the last at its end; undefined where there is none. */
export function threadsAlong(
  code: string,
  file: string,
  options: HoistOptions,
  path: ThreadPath,
): readonly [ThreadModule, ...ThreadModule[]] | undefined {
  const found: ThreadModule[] = [];
  for (const index of path) {
    const outer = found.at(-1);
    // What is within has its imports with it, those of its own module too.
    const hoisted = outer === undefined ? hoist(code, file, options) : hoist(outer.code, file, { own: undefined });
    const module = hoisted?.modules[index];
    if (module === undefined) return undefined;
    found.push(module);
  }
  const [first, ...others] = found;
  return first && [first, ...others];
}

/** The path to a module within the one at the end of a path: back to where a function that defers itself was before. */
export function pathWithin(
  path: ThreadPath,
  along: readonly ThreadModule[],
  index: number,
  { key }: ThreadModule,
): ThreadPath {
  const depth = along.findIndex((outer) => outer.key === key);
  return depth === -1 ? [...path, index] : path.slice(0, depth + 1);
}
