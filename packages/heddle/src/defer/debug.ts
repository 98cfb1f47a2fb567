import { fileURLToPath } from 'node:url';
import { ownUrl } from './own-url.ts';

/** Where a Deferred was made, and where it was fired first. Each is a stack, one frame a line. */
export interface DeferredHistory {
  readonly made: string | undefined;
  readonly fired: string | undefined;
}

interface Traces {
  made?: Error;
  fired?: Error;
}

/** Whether debug mode is on; what a Deferred asks before it records anything. */
export let debugging = false;

const traces = new WeakMap<object, Traces>();
const ownFolders = foldersOf(ownUrl);
const places = new WeakMap<object, Error>();

/**
 * Turns the debug mode of all Deferreds on or off, at any moment. In debug
 * mode a Deferred remembers where it was made, where it was fired and where
 * each callback was added; an {@link AlreadyCalledError}, the report of an
 * unhandled failure and `util.inspect` show it. A stack for each of these is
 * work, so leave it off where speed counts; off, it costs nothing.
 *
 * `Deferred.debug` is the same switch as a property.
 *
 * @example
 * ```ts
 * import { Deferred, setDebugging } from 'heddle/defer';
 *
 * setDebugging(true);
 * const d = new Deferred<number>();
 * d.callback(1);
 * try {
 *   d.callback(2);
 * } catch (error) {
 *   console.log(error); // tells where d was made, and who fired it first
 * }
 * setDebugging(false);
 * ```
 */
export function setDebugging(on: boolean): void {
  debugging = on;
}

/** Whether the debug mode of Deferreds is on; see {@link setDebugging}. */
export function getDebugging(): boolean {
  return debugging;
}

export function recordMade(deferred: object): void {
  traces.set(deferred, { made: new Error() });
}

export function recordFired(deferred: object): void {
  // A Deferred may have been made before debug mode was turned on.
  const known = traces.get(deferred);
  if (known === undefined) traces.set(deferred, { fired: new Error() });
  else known.fired = new Error();
}

/** Remembers the place that adds `link` to a chain. */
export function recordAdded(link: object): void {
  places.set(link, new Error());
}

export function historyOf(deferred: object): DeferredHistory | undefined {
  const known = traces.get(deferred);
  return known && { made: known.made && callersOf(known.made), fired: known.fired && callersOf(known.fired) };
}

/** The frame of the code that added `link`, as `file:line:column`, where debug mode was on then. */
export function placeOf(link: object): string | undefined {
  const trace = places.get(link);
  if (trace === undefined) return undefined;
  const frame = callersOf(trace).split('\n', 1)[0] ?? '';
  return /\((?<place>.+)\)$/.exec(frame)?.groups?.['place'] ?? frame.replace(/^\s*at (?:async )?/, '');
}

/** Both stacks as text to put under a message; empty where nothing is known. */
export function formatHistory(history: DeferredHistory | undefined): string {
  let text = '';
  if (history?.made) text += `\n  Made:\n${history.made}`;
  if (history?.fired) text += `\n  Fired:\n${history.fired}`;
  return text;
}

/** The stack without Heddle's own frames on top: what is left begins with the caller's code. */
export function callersOf(trace: Error): string {
  const frames = (trace.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const first = frames.findIndex((frame) => !ownFolders.some((folder) => frame.includes(folder)));
  return frames.slice(Math.max(first, 0)).join('\n');
}

/** Where Node follows source maps, frames of the package are said to be in its sources, by their path. */
function foldersOf(file: string): readonly string[] {
  const folder = new URL('.', file).href;
  if (!folder.endsWith('/heddle/dist/')) return [folder];
  const sources = new URL('../src/', folder);
  return [folder, sources.href, fileURLToPath(sources)];
}
