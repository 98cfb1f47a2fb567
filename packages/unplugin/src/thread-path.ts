import { hoist, type HoistOptions } from './hoist.ts';
import type { ThreadModule } from './thread-module.ts';

/** The way to a thread's module: which of a module's deferred functions, which of those within it, and so on. */
export type ThreadPath = readonly number[];

export function readPath(text: string): ThreadPath {
  return text.split(',').map(Number);
}

/** The module that makes the deferred function at the end of the path; undefined where there is none. */
export function threadAt(
  code: string,
  file: string,
  options: HoistOptions,
  path: ThreadPath,
): ThreadModule | undefined {
  let text = code;
  let found: ThreadModule | undefined;
  path.forEach((index, depth) => {
    // What is within has its imports with it, those of its own module too.
    found = hoist(text, file, depth === 0 ? options : { own: undefined })?.modules[index];
    text = found?.code ?? '';
  });
  return found;
}
