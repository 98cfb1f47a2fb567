import type { Copy } from './measure.ts';

/** A place in what V8 compiled; line and column count from 1. */
export interface CompiledPlace {
  readonly functionName: string;
  readonly script: string;
  readonly line: number;
  readonly column: number;
}

/** A call under way in the program's own code. */
export interface OwnCall extends CompiledPlace {
  /** The last name of what is called there; undefined where its own code runs. */
  readonly call: string | undefined;
  /** Whether that is the program's own, too: the function of the frame before it. */
  readonly isOfOwn: boolean;
}

/** What to watch the next call of. */
export interface Subject {
  /** The frames of the program's own code, the innermost first. */
  readonly frames: readonly OwnCall[];
  /** The index of the first one whose call is of interest: those before it make calls that are too short. */
  readonly from: number;
  /** Whether to let a function stand in for the one that is called: it is native, and a step over it shows too little. */
  readonly isStandIn: boolean;
}

/** What the judge says to the observer. */
export type Order =
  | { readonly kind: 'arm'; readonly id: number; readonly subject: Subject; readonly forMs: number }
  /** The loop has turned since the observer asked. */
  | { readonly kind: 'turned'; readonly id: number }
  | { readonly kind: 'stop' };

/** The loop that a function's own code consists of. */
export interface OwnLoop {
  /** Empty where that function has none, or waits, and so cannot become a generator itself. */
  readonly functionName: string;
  /** The parameters as written: `items, limit = 10`. */
  readonly parameters: string;
  /** What is passed for them: `items, limit`. */
  readonly args: string;
  /** What stands before the body: `for (const item of items)`. */
  readonly head: string;
  /** The variable that counts its turns, where there is one. */
  readonly counter: string | undefined;
  readonly usesThis: boolean;
  /** How many turns it takes; undefined where that cannot be told. */
  readonly turns: number | undefined;
}

/** What was seen of one call. */
export interface Observation {
  /** `'call'`: a call in the program's own code. `'entry'`: a function that Node or a package calls. */
  readonly kind: 'call' | 'entry';
  /** The index of the frame that it is in. */
  readonly frame: number;
  /** The place of the call in what V8 compiled. */
  readonly place: CompiledPlace;
  /** All of the call, as it is written in what V8 compiled. */
  readonly text: string;
  readonly callee: string | undefined;
  readonly receiver: string | undefined;
  readonly argumentTexts: readonly string[];
  /** Whether the function around the call is async. */
  readonly isInAsync: boolean;
  readonly isNew: boolean;
  readonly isGetter: boolean;
  /** Whether the function called is native and its arguments or its result could not be seen. */
  readonly isBlind: boolean;
  /** Whether the function was found, so that Heddle can be asked about it. */
  readonly hasFunction: boolean;
  readonly arguments: readonly (Copy | undefined)[];
  readonly on: Copy | undefined;
  /** Whether the function works on what it is called on, and that has only inherited it. */
  readonly isOnHeir: boolean;
  readonly result: Copy | undefined;
  /** What the program makes of the result, as it is written in what V8 compiled, where that was measured. */
  readonly derivedText: string | undefined;
  /** What of the result was measured: itself, what the program made of it, or nothing, as nobody uses it. */
  readonly seen: 'result' | 'made of it' | 'unused' | 'none';
  readonly hasThrown: boolean;
  readonly isPromise: boolean;
  /** undefined where its end was not seen. Of a function that was entered, at most as long: it ran unoptimized. */
  readonly runMs: number | undefined;
  /** For how much of that the call, or who timed it, had no processor, as far as anybody knows. */
  readonly starvedMs: number;
  readonly loop: OwnLoop | undefined;
}

/** A time in which the program stood still or ran slower, as it was watched: on the scale of `Date.now()`. */
export interface HeldUp {
  readonly from: number;
  readonly to: number;
}

/** What the observer says to the judge. */
export type Report =
  | { readonly kind: 'armed'; readonly id: number }
  /** `idleMs`: for how long the process did not work meanwhile: the call waited, or the machine was busy. */
  | { readonly kind: 'observed'; readonly id: number; readonly observation: Observation; readonly idleMs: number }
  | { readonly kind: 'failed'; readonly id: number; readonly why: string; readonly isFinal: boolean }
  | { readonly kind: 'began'; readonly id: number }
  /** The program was held up by the observer. */
  | ({ readonly kind: 'held' } & HeldUp);
