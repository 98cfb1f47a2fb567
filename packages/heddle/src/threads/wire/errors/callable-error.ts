import { brand } from '../../../defer/error-brand.ts';

/** What stands between a function and a thread. Stable: programs may compare these. */
export type CallableErrorCode =
  /** The first argument is no function at all. */
  | 'HEDDLE_NOT_A_FUNCTION'
  /** A thread would have to load the program's entry module, and so run the whole program again. */
  | 'HEDDLE_ENTRY_MODULE'
  /** Made by `bind`, and exported by no module. */
  | 'HEDDLE_BOUND'
  /** Compiled code without a public name. */
  | 'HEDDLE_NATIVE'
  /** A Proxy, and exported by no module. */
  | 'HEDDLE_PROXY'
  /** The function's module has not finished its top-level code. */
  | 'HEDDLE_STILL_EVALUATING'
  /** The function's module, or one that a captured function uses, cannot be imported. */
  | 'HEDDLE_MODULE_FAILED'
  /** A method that uses `this` and belongs to several exported objects. */
  | 'HEDDLE_AMBIGUOUS_THIS'
  /** Node does not let the program ask where its functions come from. */
  | 'HEDDLE_INSPECTOR_DENIED'
  /** Assigns to a variable of its surroundings: the change would be lost. */
  | 'HEDDLE_ASSIGNS_CAPTURED'
  /** Uses the `this`, `super`, `arguments` or `new.target` of its surroundings. */
  | 'HEDDLE_CAPTURES_THIS'
  /** Uses a private member of a class that surrounds it. */
  | 'HEDDLE_CAPTURES_PRIVATE'
  /** Captures something that lives in this process's hands: a socket, a stream, a timer, a database. */
  | 'HEDDLE_CAPTURES_HANDLE'
  /** Captures an instance of a class of the program's. */
  | 'HEDDLE_CAPTURES_INSTANCE'
  /** Captures something else that cannot be copied: a symbol of one's own, a WeakMap, a Proxy, a function with properties. */
  | 'HEDDLE_CAPTURES_UNCLONABLE'
  /** Captures a variable that has not been initialised yet. */
  | 'HEDDLE_DEAD_ZONE'
  /** Uses `eval` or `with`, so that its variables only show when it runs. */
  | 'HEDDLE_USES_EVAL'
  /** Uses `import.meta`, which belongs to the module it is written in. */
  | 'HEDDLE_IMPORT_META'
  /** Uses `import()` in code that comes from no file. */
  | 'HEDDLE_DYNAMIC_IMPORT'
  /** A getter or setter. */
  | 'HEDDLE_ACCESSOR'
  /** The function has no address, and its text cannot be read, or a name in it not be followed. */
  | 'HEDDLE_UNREADABLE_SOURCE'
  /** The function has no address, and Node was told to make no code from texts. */
  | 'HEDDLE_CODE_GENERATION'
  /** `threadFunction` got no absolute URL, or no usable name. */
  | 'HEDDLE_BAD_ADDRESS'
  /** A function made by `threadFunction` was called on the spot. */
  | 'HEDDLE_ONLY_A_NAME'
  /** The address is good, but there is no function there in the thread. */
  | 'HEDDLE_NO_SUCH_FUNCTION';

/** Where a function is written; line and column count from 1, as editors do. */
export interface FunctionLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** All that a {@link CallableError} says, without the stack of one call. */
export interface Refusal {
  readonly code: CallableErrorCode;
  readonly message: string;
  readonly functionName: string;
  readonly location?: FunctionLocation | undefined;
  readonly cause?: unknown;
}

/**
 * A function cannot be run in a thread. The message names the function, where it is
 * written, what stands in the way, and what to do instead.
 *
 * It reaches the caller as the failure of the Deferred.
 *
 * @example
 * ```ts
 * import { CallableError, deferToThread } from 'heddle';
 *
 * let calls = 0;
 *
 * await deferToThread(() => (calls += 1)).catch((error) => {
 *   if (error instanceof CallableError) console.log(error.code); // prints HEDDLE_ASSIGNS_CAPTURED
 * });
 * ```
 */
export class CallableError extends TypeError {
  static {
    brand(CallableError, 'CallableError');
  }

  override readonly name: string = 'CallableError';
  readonly code: CallableErrorCode;
  /** The function's name; empty for an anonymous function. */
  readonly functionName: string;
  /** Where the function is written, where that is known. */
  readonly location: FunctionLocation | undefined;

  constructor(refusal: Refusal) {
    super(refusal.message, 'cause' in refusal ? { cause: refusal.cause } : undefined);
    this.code = refusal.code;
    this.functionName = refusal.functionName;
    this.location = refusal.location;
  }
}
