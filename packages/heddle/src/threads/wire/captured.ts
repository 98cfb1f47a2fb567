import type { Address } from './address.ts';

/**
 * A function that no module gives under a name: its text, and the texts of the functions
 * it uses, which the thread compiles. The values they use come with each call.
 */
export interface CapturedReference {
  readonly kind: 'captured';
  /** The first one is the function that is called; they refer to one another by their index. */
  readonly functions: readonly CapturedText[];
  /** What is put into the values when they have arrived, since it does not travel with them. */
  readonly patches: readonly Patch[];
  /** Whether stacks are to show the places that source maps lead to. */
  readonly sourceMaps: boolean;
}

/** One function's or class's text. */
export interface CapturedText {
  readonly name: string;
  /** Left out where it is that of the text. */
  readonly length?: number;
  readonly text: string;
  /** Methods and accessors are compiled within an object, classes as late as can be: their static parts run code. */
  readonly form: 'function' | 'method' | 'getter' | 'setter' | 'class';
  readonly strict: boolean;
  /** The name of the script it stands in, and where in it, both counted from 0. */
  readonly script: string;
  readonly line: number;
  readonly column: number;
  /** The script's `//# sourceMappingURL=`, for debuggers and stacks; left out where it is long and of no use. */
  readonly sourceMapUrl?: string;
  /** Told where coverage is taken, which goes by offsets into the script. */
  readonly offsets?: Offsets;
  readonly bindings: readonly Binding[];
  /** The bindings that a class uses while it is made: what it extends, and what its static parts name. */
  readonly neededAtOnce: readonly string[];
  /** Whether a class runs code of its own while it is made: that may come by all that the class uses. */
  readonly runsCode: boolean;
}

export interface Offsets {
  /** Where the text starts in the script. */
  readonly start: number;
  /** Where the script ends. */
  readonly end: number;
}

/** A variable that the text uses, and what it holds in the thread. */
export interface Binding {
  readonly name: string;
  readonly target: Target;
}

export type Target =
  /** A value that came with the call, by its index. */
  | { readonly kind: 'value'; readonly slot: number }
  /** Another function of the same reference. */
  | { readonly kind: 'function'; readonly index: number }
  /** Something the thread loads for itself; of a function it is known that it must be one there too. */
  | { readonly kind: 'loaded'; readonly reference: LoadableReference; readonly isFunction?: boolean };

/** A function within a value that came with the call. */
export interface Patch {
  readonly slot: number;
  readonly path: readonly string[];
  readonly target: Target;
  /** Whether the function is the getter or the setter of the property, instead of its value. */
  readonly accessor?: Accessor | undefined;
  /** The name of the language's symbol that the last step of the path stands for. */
  readonly symbol?: string | undefined;
}

export type Accessor = 'get' | 'set';

export type LoadableReference = Address | ImportReference | RequireReference | ImporterReference | SymbolReference;

/** What an `import` statement in `script` names; an empty path is the namespace. */
export interface ImportReference {
  readonly kind: 'import';
  readonly script: string;
  readonly specifier: string;
  readonly path: readonly string[];
}

/** The `require` of a CommonJS file. */
export interface RequireReference {
  readonly kind: 'require';
  readonly file: string;
}

/** A symbol of `Symbol.for`, which is the same in every thread. */
export interface SymbolReference {
  readonly kind: 'symbol';
  readonly key: string;
}

/** What stands for `import()` in the text of a function of this script. */
export interface ImporterReference {
  readonly kind: 'importer';
  readonly script: string;
}
