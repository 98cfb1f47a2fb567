import { inspect } from 'node:util';
import { checkFlag, checkOptions, type OptionChecks } from '../defer/check-options.ts';
import { InvalidArgumentError } from '../defer/errors.ts';
import { honoursSourceMaps } from '../threads/callable/scripts/source-maps-enabled.ts';
import { type CompiledFrame, calledAt, frameAt, frameInSource, type StackFrame } from './stack-frame.ts';

const FRAME = /^\s+at (?:async )?(.*)$/;
const NAMED = /^(.*?) \((.*)\)$/;
const PLACE = /^(.*?):(\d+)(?::(\d+))?$/;
/** What code that was made at run time was made by: `eval at compile (/a.js:1:2), <anonymous>:3:4`. */
const MADE = /^eval at .*?\((?!eval at )([^()]*(?:\([^()]*\))?[^()]*?:\d+:\d+)\)/;

const LONGEST_OF_MINIFIER = 3;

/** How the text of a stack was made. */
export interface FramesOptions {
  /**
   * Whether its places are in the sources already. Left out, they are where Node follows source maps itself
   * (`--enable-source-maps`, or a loader such as tsx), as in the `stack` of an error of this process.
   */
  readonly isMapped?: boolean | undefined;
}

const checks: OptionChecks<FramesOptions> = { isMapped: checkFlag };

/**
 * Reads the frames of a stack as V8 writes it, the innermost first, led back to the sources where there are source
 * maps. Functions that wait for what runs (`at async`) come after those that run.
 *
 * For tools that want to judge stacks as {@link watchLoop} does: {@link culpritOf} names the culprit.
 *
 * @param stack lines that begin with `at`, as in `error.stack`; other lines are passed over
 * @throws InvalidArgumentError when it is no text, or for an option
 *
 * @example
 * ```ts
 * import { framesOf } from 'heddle/watchdog';
 *
 * const [frame] = framesOf('    at hashSync (/app/node_modules/bcryptjs/index.js:12:3)');
 * console.log(frame?.functionName, frame?.packageName, frame?.line); // prints hashSync bcryptjs 12
 * ```
 */
export function framesOf(stack: string, options: FramesOptions = {}): StackFrame[] {
  if (typeof stack !== 'string') {
    throw new InvalidArgumentError(
      `framesOf reads a stack as text, such as error.stack, not ${inspect(stack, { depth: 0 })}.`,
    );
  }
  const { isMapped = honoursSourceMaps() } = checkOptions(options, checks, 'stack');
  const places = stack
    .split('\n')
    .map(compiledFrame)
    .filter((place) => place !== undefined);
  if (isMapped) return places.map(frameInSource);
  const frames = places.map(frameAt);
  return frames.map((frame, index) => named(frame, frames[index + 1]));
}

/**
 * A minifier's name gives way to that of the source, which stands where the function is called. A name that somebody wrote
 * is better than that: what a function is called by may be a parameter.
 */
function named(frame: StackFrame, caller: StackFrame | undefined): StackFrame {
  const { script, functionName, origin } = frame;
  if (caller === undefined || caller.script !== script || origin === 'node') return frame;
  if (functionName === '' || functionName.length > LONGEST_OF_MINIFIER) return frame;
  const name = calledAt(caller);
  return name === undefined ? frame : { ...frame, functionName: name };
}

function compiledFrame(line: string): CompiledFrame | undefined {
  const text = FRAME.exec(line)?.[1];
  if (text === undefined) return undefined;
  const [, name = '', inner] = NAMED.exec(text) ?? [];
  const place = inner ?? text;
  // Nothing runs in `Promise.all (index 0)`: it waits.
  if (/^index \d+$/.test(place)) return undefined;
  const [, script = '', row = '0', column = '0'] = PLACE.exec(MADE.exec(place)?.[1] ?? place) ?? [];
  if (script === '' || script === '<anonymous>') {
    const functionName = withoutAlias(inner === undefined ? text.replace(PLACE, '$1') : name);
    return { functionName: functionName === '<anonymous>' ? '' : functionName, script: '', line: 0, column: 0 };
  }
  return { functionName: ownName(name), script, line: Number(row), column: Number(column) };
}

/** A function's own name, without what it was called on or by which name. */
function ownName(name: string): string {
  if (name.includes('<anonymous>')) return '';
  return withoutAlias(name).replace(/^(?:Object|Module|Timeout|Immediate|module\.exports|exports)\./, '');
}

function withoutAlias(name: string): string {
  return name.replace(/ \[as [^\]]*\]$/, '');
}
