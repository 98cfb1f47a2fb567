/**
 * Where something is that every thread can load for itself.
 *
 * `path` leads from the namespace, module object or global object to it (`['util', 'hash']`). The object
 * before the last step becomes a function's `this`, but for an ES module's namespace and the global object.
 */
export type Address = ModuleReference | CommonJsReference | BuiltinReference | GlobalReference;

/** An export of an ES module, by the URL under which the program imported it. */
export interface ModuleReference {
  readonly kind: 'module';
  readonly url: string;
  readonly path: readonly string[];
}

/** A value reachable from a CommonJS module's `module.exports`; an empty path is `module.exports` itself. */
export interface CommonJsReference {
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
export interface BuiltinReference {
  readonly kind: 'builtin';
  readonly module: string;
  readonly path: readonly string[];
}

/** A function of the global object, such as `['JSON', 'parse']`. */
export interface GlobalReference {
  readonly kind: 'global';
  readonly path: readonly string[];
}
