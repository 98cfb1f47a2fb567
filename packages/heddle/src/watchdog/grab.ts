import { now } from '../defer/node-timers.ts';
import type { AsyncLocalStorage } from 'node:async_hooks';
import { honoursSourceMaps } from '../threads/callable/scripts/source-maps-enabled.ts';
import { type SharedState, Time, Word } from './shared-state.ts';
import { type StackText, stackText } from './stack-text.ts';

/** What the loop's thread says when it is interrupted. */
export interface Grabbed extends StackText {
  /** When it was interrupted, on the scale of {@link now}. */
  readonly at: number;
  /** Whether a debugger can be attached: only then the program may be paused. */
  readonly isInspected: boolean;
}

// Test runners make globals of their own. The object of a core module is one that all realms share.
const OWNER = 'process.getBuiltinModule("node:inspector").Session';

/**
 * What the inspector is to evaluate in the loop's thread; gives {@link Grabbed} as JSON, or nothing where it is too late.
 *
 * What is asked stands in the shared memory: V8 keeps a script for each text that it evaluates, until memory is short, so
 * that it is to be the same one every time.
 */
export function grabExpression(name: string): string {
  return `${OWNER}[Symbol.for(${JSON.stringify(name)})]()`;
}

/**
 * Answers the watcher in the middle of whatever the loop's thread is doing: with the stack. The store of the `context` in
 * the interrupted code stays here.
 */
export class Grab {
  /** Of a watch of its own: there may be several, and several copies of this code. */
  readonly name: string = `heddle.watch.${process.getBuiltinModule('node:crypto').randomUUID()}`;
  readonly #state: SharedState;
  readonly #context: AsyncLocalStorage<unknown> | undefined;
  readonly #stores = new Map<number, unknown>();
  #enqueueMicrotask: (() => void) | undefined;
  #ticksAsked = false;

  constructor(state: SharedState, context: AsyncLocalStorage<unknown> | undefined) {
    this.#state = state;
    this.#context = context;
    this.#prepareMicrotask();
    Object.defineProperty(owner(), Symbol.for(this.name), { value: this.#grab, configurable: true });
  }

  remove(): void {
    Reflect.deleteProperty(owner(), Symbol.for(this.name));
    this.#stores.clear();
  }

  /** What the context held when a sample was taken. */
  storeOf(sample: number): unknown {
    return this.#stores.get(sample);
  }

  /** Lets go of what the context held in samples up to this one. */
  forgetStores(lastSample: number): void {
    for (const sample of this.#stores.keys()) if (sample <= lastSample) this.#stores.delete(sample);
  }

  // Nothing of the program's may run in here: neither its hooks nor what it has put in the place of Node's functions.
  readonly #grab = (): string => {
    const { words } = this.#state;
    if (Atomics.load(words, Word.beats) !== Atomics.load(words, Word.askedBeats)) return '';
    const at = now();
    if (this.#context !== undefined) this.#stores.set(Atomics.load(words, Word.askedSample), this.#context.getStore());
    this.#enqueueMicrotask?.();
    this.#enqueueMicrotask = undefined;
    if (Atomics.load(words, Word.askedForTick) === 1) this.#askForTick();
    // The inspector's own frame comes first.
    const text = stackText(this.#grab, 1, honoursSourceMaps());
    const grabbed: Grabbed = { ...text, at, isInspected: inspector().url() !== undefined };
    return JSON.stringify(grabbed);
  };

  /** A callback that has waited for long enough: to make one now would call the hooks that a program may have for that. */
  #prepareMicrotask(): void {
    void new Promise<void>((resolve) => {
      this.#enqueueMicrotask = resolve;
    }).then(() => {
      this.#state.times[Time.microtask] = now();
      this.#prepareMicrotask();
    });
  }

  // Of these none can be made in advance; it is asked for only where the thread was seen to run them.
  #askForTick(): void {
    if (this.#ticksAsked) return;
    this.#ticksAsked = true;
    process.nextTick(() => {
      this.#ticksAsked = false;
      this.#state.times[Time.tick] = now();
    });
  }
}

function inspector(): typeof import('node:inspector') {
  return process.getBuiltinModule('node:inspector');
}

function owner(): Record<symbol, unknown> {
  return inspector().Session as unknown as Record<symbol, unknown>;
}
