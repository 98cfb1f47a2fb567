import type { Transferable } from 'node:worker_threads';
import type { CallAnswer, PassedTarget, PlaceOfFunction, ThreadCall } from '../wire/messages.ts';
import { CancelledError } from '../../defer/errors.ts';
import type { CallsToReactor, CurrentJob } from '../wire/inside.ts';
import { CodecError } from '../wire/errors/codec-error.ts';
import { ReactorCallError } from '../wire/errors/reactor-call-error.ts';
import { pack } from '../wire/values/pack.ts';
import { markReceived, type PassedFunction } from '../wire/values/passed.ts';
import type { Parcel } from '../wire/values/payload.ts';
import { UnclonableError } from '../wire/errors/unclonable-error.ts';
import { unpack } from '../wire/values/unpack.ts';
import { whyNotSent } from '../wire/values/why-not-sent.ts';

/** What is deeper, V8 writes here and may not be able to read there; then nobody would learn of the call. */
const MOST_LEVELS = 1000;

/** How calls get to the reactor, and answers back. */
export interface ReactorLine {
  send(call: ThreadCall, transfer: readonly Transferable[]): void;
  /**
   * Waits for the answer to a call, and lets nothing else happen in the thread meanwhile.
   *
   * @returns undefined where the wait is over without one
   */
  answerTo(id: number, isGivenUp: () => boolean): CallAnswer | undefined;
}

/** The job to which functions were passed: when it has ended, they are of no more use. */
export interface PassedTo {
  readonly job: number;
  readonly slot: number;
  hasEnded: boolean;
  /** Whether it has been said that something came too late. */
  hasWarned: boolean;
}

/** Calls from a thread to functions of the reactor's. */
export class ReactorCalls implements CallsToReactor {
  readonly #line: ReactorLine;
  readonly #currentJob: () => CurrentJob | undefined;
  readonly #targets = new WeakMap<Function, { readonly target: PassedTarget; readonly to: PassedTo }>();
  /** The numbers of the functions that the reactor knows by now. */
  readonly #numbers = new WeakMap<PlaceOfFunction, number>();
  #lastNumber = 0;
  #lastCall = 0;

  constructor(line: ReactorLine, currentJob: () => CurrentJob | undefined) {
    this.#line = line;
    this.#currentJob = currentJob;
  }

  /** Stands in the thread for a function of the reactor's. */
  passed(passed: PassedFunction & { readonly way: 'notify' | 'ask' }, to: PassedTo): Function {
    const { name, index, way } = passed;
    const target: PassedTarget = { kind: 'passed', job: to.job, slot: to.slot, index, name };
    const f =
      way === 'notify'
        ? (...args: unknown[]): void => this.#tell(target, to, args)
        : (...args: unknown[]): unknown => this.ask(this.#live(target, to), args);
    this.#targets.set(f, { target, to });
    return markReceived(Object.defineProperty(f, 'name', { value: name }), way);
  }

  targetOf(f: Function): PassedTarget | undefined {
    const known = this.#targets.get(f);
    return known && this.#live(known.target, known.to);
  }

  call(target: PassedTarget | PlaceOfFunction, args: readonly unknown[]): void {
    const { payload, transfer } = packArguments(target, args);
    this.#send(target, { args: payload }, transfer);
  }

  ask(target: PassedTarget | PlaceOfFunction, args: readonly unknown[]): unknown {
    const job = this.#currentJob();
    // Who leaves a loop waits for the generator's `finally`, which may ask; what was asked before is not waited for.
    const isLeft = (): boolean => job?.isLeft() ?? false;
    const isEnding = isLeft();
    const isGivenUp = (): boolean => (job?.isCancelled() ?? false) && !(isEnding && isLeft());
    const { payload, transfer } = packArguments(target, args);
    const id = ++this.#lastCall;
    const slot = target.kind === 'passed' ? target.slot : job?.slot;
    if (!isGivenUp()) this.#send(target, { args: payload, id, slot }, transfer);
    const answer = isGivenUp() ? undefined : this.#line.answerTo(id, isGivenUp);
    if (answer === undefined) {
      throw new CancelledError(
        `The thread waits no longer for ${nameOf(target)}: the call that it works for was given up.`,
      );
    }
    const result = unpack(answer.payload);
    if (answer.outcome === 'thrown') throw result;
    return result;
  }

  /**
   * What tells of progress is often late by a timer, and nobody is there to catch an error: one would end the thread, and
   * with it a job that has nothing to do with it.
   */
  #tell(target: PassedTarget, to: PassedTo, args: readonly unknown[]): void {
    if (!to.hasEnded) this.call(target, args);
    else if (!to.hasWarned) process.emitWarning(hasEnded(target), { code: 'HEDDLE_JOB_ENDED' });
    to.hasWarned ||= to.hasEnded;
  }

  /** A function of a module is described once, and has a number from then on. */
  #send(
    target: PassedTarget | PlaceOfFunction,
    rest: Omit<ThreadCall, 'target'>,
    transfer: readonly Transferable[],
  ): void {
    if (target.kind === 'passed') return this.#post({ target, ...rest }, transfer);
    const known = this.#numbers.get(target);
    if (known !== undefined) {
      return this.#post({ target: { kind: 'known', id: known, name: target.name }, ...rest }, transfer);
    }
    const id = ++this.#lastNumber;
    this.#post({ target: { ...target, id }, ...rest }, transfer);
    this.#numbers.set(target, id);
    return undefined;
  }

  /** @throws UnclonableError, also for what only shows when V8 reads it: memory that is gone */
  #post(call: ThreadCall, transfer: readonly Transferable[]): void {
    try {
      this.#line.send(call, transfer);
    } catch (error) {
      throw unsendable(call.target, error);
    }
  }

  #live(target: PassedTarget, to: PassedTo): PassedTarget {
    if (!to.hasEnded) return target;
    throw new ReactorCallError('HEDDLE_JOB_ENDED', hasEnded(target));
  }
}

function packArguments(target: PassedTarget | PlaceOfFunction, args: readonly unknown[]): Parcel {
  try {
    return pack(args, argumentsOf(target), undefined, MOST_LEVELS);
  } catch (error) {
    throw unsendable(target, error);
  }
}

/** @param error of the arguments' own getters, too */
function unsendable(target: { readonly name: string }, error: unknown): UnclonableError | CodecError {
  if (error instanceof UnclonableError || error instanceof CodecError) return error;
  const reason = whyNotSent(error);
  return new UnclonableError(`The arguments of ${nameOf(target)} cannot be sent to the reactor's thread: ${reason}`, {
    cause: error,
  });
}

/** How the arguments of such a call are called in messages: `args` alone are those of the job. */
export function argumentsOf(target: { readonly name: string }): string {
  return `In a call of ${nameOf(target)} from the thread: args`;
}

function nameOf({ name }: { readonly name: string }): string {
  return name || 'an anonymous function';
}

function hasEnded({ name }: PassedTarget): string {
  return `${name || 'An anonymous function'} was passed to a call that has ended, and can be called from its thread no more. Let the call wait for whatever still needs it.`;
}
