/**
 * Where something is that every thread can load for itself.
 *
 * `path` leads from the namespace, module object or global object to it (`['util', 'hash']`). The object
 * before the last step becomes a function's `this`, but for an ES module's namespace and the global object.
 */
export type Address = ModuleReference | CommonJsReference | BuiltinReference | GlobalReference;

/** What an address says besides where something is. */
interface Noted {
  /**
   * The text of a function that may be kept by what was put into its place, as instrumentation and mocks do it. Where the
   * last steps lead nowhere, it is what has this text before them.
   */
  readonly text?: string;
}

/** An export of an ES module, by the URL under which the program imported it. */
export interface ModuleReference extends Noted {
  readonly kind: 'module';
  readonly url: string;
  readonly path: readonly string[];
}

/** A value reachable from a CommonJS module's `module.exports`; an empty path is `module.exports` itself. */
export interface CommonJsReference extends Noted {
  readonly kind: 'commonjs';
  readonly file: string;
  readonly path: readonly string[];
  /** All files that the program has loaded more than once; left out where there is none. */
  readonly reloads?: readonly Reload[];
}

/** How often the program has loaded a CommonJS file, the first time included. */
export interface Reload {
  readonly file: string;
  readonly times: number;
}

/** A function of one of Node's own modules, such as `node:zlib` and `['gzipSync']`. */
export interface BuiltinReference extends Noted {
  readonly kind: 'builtin';
  readonly module: string;
  readonly path: readonly string[];
}

/** A function of the global object, such as `['JSON', 'parse']`. */
export interface GlobalReference extends Noted {
  readonly kind: 'global';
  readonly path: readonly string[];
}
