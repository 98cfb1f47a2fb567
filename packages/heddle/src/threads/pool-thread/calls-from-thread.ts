import type { Transferable } from 'node:worker_threads';
import { CancelledError } from '../../defer/errors.ts';
import { maybeDeferred } from '../../defer/maybe-deferred.ts';
import { outsideOfCalls } from '../../defer/outside-of-calls.ts';
import { isThenable } from '../../defer/thenable.ts';
import { isPromise } from '../wire/is-promise.ts';
import { type LocalFunction, localFunction } from '../callable/local-function.ts';
import { type PackedAnswer, packAnswer, unsendableAnswer } from '../connection/answer.ts';
import type { CallAnswer, CallTarget, LocalTarget, ThreadCall } from '../wire/messages.ts';
import { packThrown } from '../wire/values/pack.ts';
import { unpack } from '../wire/values/unpack.ts';
import { whenSettled } from '../../defer/when-settled.ts';

/** What the calls of one thread need of it. */
export interface CallingThread {
  /** A function that was passed to a job; undefined where nobody waits for that job any more. */
  passedTo(slot: number, job: number, index: number): Function | undefined;
  answer(answer: CallAnswer, transfer: readonly Transferable[]): void;
  /** The thread does nothing until it has an answer that is not there yet. */
  waits(): void;
  /** It goes on. */
  goesOn(): void;
}

/** What becomes of a call of a function that nobody waits for, where its arguments cannot be read here. */
export const whenUnreadable: WeakMap<Function, (error: unknown) => void> = new WeakMap();

/** Calls functions of the reactor's for one thread, in the order in which it asks for that. */
export class CallsFromThread {
  readonly #thread: CallingThread;
  /** Where functions of modules are, by the numbers that the thread gives them; and those that have been found. */
  readonly #targets = new Map<number, LocalTarget>();
  readonly #known = new Map<number, LocalFunction | Promise<LocalFunction>>();
  /** The last call whose function is still looked for: those after it wait. */
  #finding: Promise<void> | undefined;
  /** The call for which the thread waits, where that takes longer than a moment. */
  #awaited: ThreadCall | undefined;

  constructor(thread: CallingThread) {
    this.#thread = thread;
  }

  called(call: ThreadCall): void {
    const { target } = call;
    if (target.kind === 'passed') {
      const f = this.#thread.passedTo(target.slot, target.job, target.index);
      if (f === undefined) return this.#refuse(call);
      return this.#run(call, { f, receiver: undefined });
    }
    let found: LocalFunction | Promise<LocalFunction>;
    try {
      found = this.#find(target);
    } catch (error) {
      if (this.#finding === undefined) return this.#end(call, 'thrown', error);
      found = Promise.reject(error);
    }
    if (this.#finding === undefined && !isPromise(found)) return this.#run(call, found);
    this.#wait(call);
    const before = this.#finding ?? Promise.resolve();
    const finding = Promise.allSettled([found, before])
      .then(([one]) =>
        one.status === 'fulfilled' ? this.#run(call, one.value) : this.#end(call, 'thrown', one.reason),
      )
      .finally(() => {
        if (this.#finding === finding) this.#finding = undefined;
      });
    this.#finding = finding;
    return undefined;
  }

  /** The thread has ended the job in this slot, so that it does not wait on its behalf any more. */
  jobHasEnded(slot: number): void {
    if (this.#awaited?.slot === slot) this.#goesOn();
  }

  #goesOn(): void {
    this.#awaited = undefined;
    this.#thread.goesOn();
  }

  #find(target: Exclude<CallTarget, { kind: 'passed' }>): LocalFunction | Promise<LocalFunction> {
    const known = this.#known.get(target.id);
    if (known !== undefined) return known;
    const { id } = target;
    if (target.kind !== 'known') this.#targets.set(id, target);
    const found = localFunction(this.#targets.get(id) as LocalTarget);
    this.#known.set(id, found);
    if (isPromise(found)) {
      found.then(
        (local) => this.#known.set(id, local),
        // Its module may only have been too early: the next call looks again.
        () => this.#known.delete(id),
      );
    }
    return found;
  }

  #run(call: ThreadCall, local: LocalFunction): void {
    if (call.id === undefined) return this.#tell(call, local);
    let result: unknown;
    try {
      result = apply(call.target, local, unpack(call.args) as unknown[]);
      if (isThenable(result)) {
        void whenSettled(
          result,
          (value) => this.#end(call, 'value', value),
          (error) => this.#end(call, 'thrown', error),
        );
        return this.#wait(call);
      }
    } catch (error) {
      return this.#end(call, 'thrown', error);
    }
    return this.#end(call, 'value', result);
  }

  #tell(call: ThreadCall, local: LocalFunction): void {
    let args: unknown[];
    try {
      args = unpack(call.args) as unknown[];
    } catch (error) {
      const unreadable = whenUnreadable.get(local.f);
      return unreadable === undefined ? this.#end(call, 'thrown', error) : unreadable(error);
    }
    // Nobody else hears of its failure, so that it is reported as one that nobody handled.
    maybeDeferred(() => apply(call.target, local, args));
    return undefined;
  }

  #refuse(call: ThreadCall): void {
    if (call.id === undefined) return;
    const name = call.target.name || 'An anonymous function';
    this.#end(
      call,
      'thrown',
      new CancelledError(`${name} was not called: the call that it was passed to was given up.`),
    );
  }

  #wait(call: ThreadCall): void {
    if (call.id === undefined || this.#awaited?.id === call.id) return;
    this.#awaited = call;
    this.#thread.waits();
  }

  #end({ id }: ThreadCall, outcome: CallAnswer['outcome'], result: unknown): void {
    if (id === undefined) {
      maybeDeferred(() => {
        throw result;
      });
      return;
    }
    if (this.#awaited?.id === id) this.#goesOn();
    const answer = ({ outcome, parcel: { payload, transfer } }: PackedAnswer): void =>
      this.#thread.answer({ id, outcome, payload }, transfer);
    try {
      answer(packAnswer(outcome, result));
    } catch (error) {
      // Memory that is gone, a stream that is being read: that it cannot be sent shows only now.
      answer({ outcome: 'thrown', parcel: packThrown(unsendableAnswer(error)) });
    }
  }
}

/** What was passed brings its async context. A call of a module's function may be heard of in that of any other call. */
function apply({ kind }: CallTarget, { f, receiver }: LocalFunction, args: unknown[]): unknown {
  if (kind === 'passed') return Reflect.apply(f, receiver, args) as unknown;
  return outsideOfCalls(() => Reflect.apply(f, receiver, args) as unknown);
}
