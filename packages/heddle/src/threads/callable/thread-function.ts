import { inspect } from 'node:util';
import { isAbsoluteUrl } from './absolute-url.ts';
import type { FunctionReference } from '../wire/reference.ts';
import { isEntryModule } from './modules/entry-module.ts';
import { CallableError, type CallableErrorCode } from '../wire/errors/callable-error.ts';
import { references } from './known.ts';

// biome-ignore lint/suspicious/noExplicitAny: arguments that nothing is known about accept everything
type AnyFunction = (...args: any[]) => unknown;

/** The member of a module that a name or a dotted path leads to. */
export type ModuleMember<Module, Path extends string> = Path extends `${infer Head}.${infer Rest}`
  ? Head extends keyof Module
    ? ModuleMember<Module[Head], Rest>
    : never
  : Path extends keyof Module
    ? Module[Path]
    : never;

/**
 * Names a function for a thread by the module it lies in, without finding it here.
 *
 * For where a function's module cannot be found by the function itself (under `--permission`,
 * in a bundle) and for modules that only threads should load: this thread does not import it.
 * The result goes where the function would: `deferToThread(hash, text)`. It is a name only;
 * calling it here throws.
 *
 * @param url the module's absolute URL, or that as a string
 * @param name the export; a dotted path reaches its members (`'util.hash'`), `'default'` is the default
 * @throws CallableError `HEDDLE_BAD_ADDRESS` where the URL is relative or none, or the name empty or none,
 *   `HEDDLE_ENTRY_MODULE` where the URL is the program's entry module
 *
 * @example
 * ```ts file=work.ts
 * export function shout(text: string): string {
 *   return text.toUpperCase();
 * }
 * ```
 * ```ts
 * import { deferToThread, threadFunction } from 'heddle';
 *
 * const url = new URL('./work.js', import.meta.url);
 *
 * // With the type of the function itself, overloads and generics included:
 * const shout = threadFunction<typeof import('./work.js').shout>(url, 'shout');
 * console.log(await deferToThread(shout, 'hello')); // prints HELLO
 *
 * // With the name checked against the module as well:
 * const checked = threadFunction<typeof import('./work.js'), 'shout'>(url, 'shout');
 * console.log(await deferToThread(checked, 'hey')); // prints HEY
 *
 * // Without types, everything is accepted and the result is unknown:
 * const untyped = threadFunction(url, 'shout');
 * console.log(await deferToThread(untyped, 'hi')); // prints HI
 * ```
 */
export function threadFunction(url: URL | string, name?: string): AnyFunction;
export function threadFunction<F extends (...args: never[]) => unknown>(url: URL | string, name?: string): F;
export function threadFunction<Module extends object, Path extends string>(
  url: URL | string,
  name: [ModuleMember<Module, Path>] extends [never]
    ? never
    : ModuleMember<Module, Path> extends (...args: never[]) => unknown
      ? Path
      : never,
): ModuleMember<Module, Path>;
export function threadFunction(url: URL | string, name = 'default'): AnyFunction {
  const reference = referenceTo(url, name);
  const f = (): never => {
    throw refused(
      'HEDDLE_ONLY_A_NAME',
      `${name} is only the name of a function for a thread: pass it to deferToThread, or import ${reference.url} to call it here.`,
      name,
    );
  };
  Object.defineProperty(f, 'name', { value: name, configurable: true });
  references.set(f, reference);
  return f;
}

function referenceTo(url: URL | string, name: string): FunctionReference & { kind: 'module' } {
  // A relative path could only be resolved against this file, which is never what the caller means.
  const absolute = isAbsoluteUrl(String(url)) ? new URL(url).href : undefined;
  if (absolute === undefined) {
    throw refused(
      'HEDDLE_BAD_ADDRESS',
      `threadFunction needs the module's absolute URL, and ${shown(url)} is none. Write new URL('./work.js', import.meta.url).`,
      name,
    );
  }
  const path = typeof name === 'string' ? name.split('.') : [''];
  if (path.includes('')) {
    throw refused('HEDDLE_BAD_ADDRESS', `${shown(name)} is not the name of an export of ${absolute}.`, name);
  }
  if (isEntryModule(absolute)) {
    throw refused(
      'HEDDLE_ENTRY_MODULE',
      `${name} (${absolute}) is in the program's entry module, and a thread that loads it would run the whole program ` +
        'again. Move the function to a module of its own and export it there.',
      name,
    );
  }
  return { kind: 'module', url: absolute, path };
}

function shown(value: unknown): string {
  // A path of Windows is shown as it was written.
  return typeof value === 'string' ? `'${value}'` : inspect(value, { depth: 0 });
}

function refused(code: CallableErrorCode, message: string, name: unknown): CallableError {
  return new CallableError({ code, message, functionName: typeof name === 'string' ? name : '' });
}
