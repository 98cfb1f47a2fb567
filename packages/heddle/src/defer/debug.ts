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

/** Of the frames that V8 keeps, so many may be Heddle's own: they are not to take the places of the caller's. */
const OWN_FRAMES = 15;

/** A stack that tells of the caller as much as any error's would. */
export function trace(): Error {
  const { stackTraceLimit } = Error;
  // Where the limit has been frozen, it stays.
  Reflect.set(Error, 'stackTraceLimit', stackTraceLimit + OWN_FRAMES);
  const error = new Error();
  Reflect.set(Error, 'stackTraceLimit', stackTraceLimit);
  return error;
}

export function recordMade(deferred: object): void {
  traces.set(deferred, { made: trace() });
}

export function recordFired(deferred: object): void {
  // A Deferred may have been made before debug mode was turned on.
  const known = traces.get(deferred);
  if (known === undefined) traces.set(deferred, { fired: trace() });
  else known.fired = trace();
}

/** Remembers the place that adds `link` to a chain. */
export function recordAdded(link: object): void {
  places.set(link, trace());
}

export function historyOf(deferred: object): DeferredHistory | undefined {
  const known = traces.get(deferred);
  return known && { made: known.made && callersOf(known.made), fired: known.fired && callersOf(known.fired) };
}

/** The frame of the code that added `link`, as `file:line:column`, where debug mode was on and there was such code. */
export function placeOf(link: object): string | undefined {
  const added = places.get(link);
  const frame = added && framesOf(added).find((line) => !isOwn(line) && !/[( ]node:/.test(line));
  if (frame === undefined) return undefined;
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
  const frames = framesOf(trace);
  // Heddle's own frames may have some of Node's and of JavaScript's between them.
  const theirs = frames.findIndex((frame) => !isOwn(frame) && !isOfNobody(frame));
  const ahead = frames.slice(0, theirs === -1 ? frames.length : theirs);
  return frames.slice(ahead.findLastIndex(isOwn) + 1).join('\n');
}

function framesOf(trace: Error): readonly string[] {
  return (trace.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
}

/** Whether it is a frame of Node's, or of a function that is built into JavaScript. */
function isOfNobody(frame: string): boolean {
  return /[( ]node:|\(<anonymous>\)$/.test(frame);
}

function isOwn(frame: string): boolean {
  return ownFolders.some((folder) => frame.includes(folder));
}

/** Where Node follows source maps, frames of the package are said to be in its sources, by their path. */
function foldersOf(file: string): readonly string[] {
  const folder = new URL('.', file).href;
  if (!folder.endsWith('/heddle/dist/')) return [folder];
  const sources = new URL('../src/', folder);
  return [folder, sources.href, fileURLToPath(sources)];
}
