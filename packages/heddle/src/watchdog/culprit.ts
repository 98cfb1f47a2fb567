import { isBuiltin } from 'node:module';
import path from 'node:path';
import { inspect } from 'node:util';
import { InvalidArgumentError } from '../defer/errors.ts';
import type { StackFrame } from './stack-frame.ts';
import { zlibCallAt } from './zlib-call.ts';

/** Who is to blame for a block. */
export interface Culprit {
  /** The innermost call of the program's own code; where there is none, the outermost one of a package. */
  readonly frame: StackFrame;
  /** The outermost call that it made into a package or into Node: `'hashSync'`. */
  readonly call: string | undefined;
  /** Who was called: `'bcryptjs'`, `'node:crypto'`; `undefined` for what is built into JavaScript. */
  readonly callee: string | undefined;
  /** All that in words: `'hashSync of bcryptjs, called in login.ts:31'`. */
  readonly text: string;
}

/** Parts of Node's inside whose names differ from those of the modules that programs know them by. */
const INSIDE: Readonly<Record<string, string>> = {
  modules: 'node:module',
  streams: 'node:stream',
  webstreams: 'node:stream/web',
  source_map: 'node:module',
  blob: 'node:buffer',
  histogram: 'node:perf_hooks',
  perf: 'node:perf_hooks',
};

/**
 * Names who is to blame for a stack: the innermost call of the program's own code, and what it called.
 *
 * @param frames the innermost first, as {@link framesOf} gives them
 * @throws InvalidArgumentError when they are no array
 *
 * @example
 * ```ts
 * import { culpritOf, framesOf } from 'heddle/watchdog';
 *
 * const frames = framesOf(`
 *   at _hash (/app/node_modules/bcryptjs/index.js:812:5)
 *   at hashSync (/app/node_modules/bcryptjs/index.js:205:10)
 *   at login (/app/login.js:31:18)`);
 * console.log(culpritOf(frames)?.text); // prints hashSync of bcryptjs, called in login.js:31
 * ```
 */
export function culpritOf(frames: readonly StackFrame[]): Culprit | undefined {
  if (!Array.isArray(frames)) {
    throw new InvalidArgumentError(
      `culpritOf takes an array of frames, as framesOf(error.stack) gives it, not ${inspect(frames, { depth: 0 })}.`,
    );
  }
  const own = frames.findIndex(({ origin }) => origin === 'own');
  const frame = frames[own];
  if (frame === undefined) return packagesCulprit(frames);
  const called = frames[own - 1];
  if (called === undefined) {
    return { frame, call: undefined, callee: undefined, text: `${nameOf(frame)} in ${placeOf(frame)}` };
  }
  const callee = calleeOf(called);
  const call = publicName(called, frame);
  const text = `${callee === undefined ? call : `${call} of ${callee}`}, called in ${placeOf(frame)}`;
  return { frame, call, callee, text };
}

/** A function that was called, when nobody knows what it called in its turn. */
export function culpritOfCall(frame: StackFrame): Culprit {
  const place = frame.file === '' ? '' : ` in ${placeOf(frame)}`;
  return { frame, call: undefined, callee: undefined, text: `${nameOf(frame)}${place}` };
}

/** Node itself called the package: a timer of it, or what it listens to. */
function packagesCulprit(frames: readonly StackFrame[]): Culprit | undefined {
  const at = frames.findLastIndex(({ origin }) => origin === 'package');
  const frame = frames[at];
  // What Heddle itself has called, such as its parser, is no concern of the program's.
  if (frame === undefined || frames.slice(at + 1).some(({ origin }) => origin === 'heddle')) return undefined;
  const callee = calleeOf(frame);
  return { frame, call: nameOf(frame), callee, text: `${nameOf(frame)} of ${callee}, in ${placeOf(frame)}` };
}

/** How programs know what a frame of Node's inside is called there. */
function publicName(called: StackFrame, caller: StackFrame): string {
  const isZlib = called.functionName === 'syncBufferWrapper' && called.script === 'node:zlib';
  return (isZlib ? zlibCallAt(caller) : undefined) ?? nameOf(called);
}

function nameOf({ functionName }: StackFrame): string {
  return functionName === '' ? '(anonymous)' : functionName;
}

function placeOf({ file, line }: StackFrame): string {
  return `${path.basename(file)}:${line}`;
}

function calleeOf({ origin, packageName, script }: StackFrame): string | undefined {
  if (origin === 'heddle') return 'heddle';
  return origin === 'node' ? nodeModuleOf(script) : packageName;
}

/** The module of Node's by which programs know a file of its inside. */
function nodeModuleOf(script: string): string | undefined {
  if (script === '') return undefined;
  const [first = ''] = script.replace(/^node:(?:internal\/)?/, '').split('/');
  return INSIDE[first] ?? (isBuiltin(`node:${first}`) ? `node:${first}` : 'node');
}
