import type { Transferable } from 'node:worker_threads';
import type { ReactorLine } from '../threads/entry/reactor-calls.ts';
import { requireLoaded } from '../threads/callable/modules/loaded-import.ts';
import type { CallAnswer, CallTarget, ThreadCall } from '../threads/wire/messages.ts';
import { ReactorCallError } from '../threads/wire/errors/reactor-call-error.ts';

/** Calls to the reactor from jobs that run in its own thread: they are made at once. */
export class MemoryLine implements ReactorLine {
  readonly #called: (call: ThreadCall) => void;
  readonly #names = new Map<number, string>();
  /** Where functions are to be found, by their numbers. */
  readonly #modules = new Map<number, string>();
  #answer: CallAnswer | undefined;
  /** Whether the function of the last call is not found before its module has been imported. */
  #isImported = false;

  constructor(called: (call: ThreadCall) => void) {
    this.#called = called;
  }

  send(call: ThreadCall, transfer: readonly Transferable[]): void {
    this.#answer = undefined;
    const module = this.#moduleOf(call.target);
    // To import it takes until after the job.
    this.#isImported = module !== undefined && !requireLoaded(module);
    if (call.id !== undefined) this.#names.set(call.id, call.target.name);
    this.#called({ ...call, args: structuredClone(call.args, { transfer: [...transfer] }) });
  }

  answer(answer: CallAnswer, transfer: readonly Transferable[]): void {
    this.#answer = { ...answer, payload: structuredClone(answer.payload, { transfer: [...transfer] }) };
  }

  answerTo(id: number, isGivenUp: () => boolean): CallAnswer | undefined {
    const name = this.#names.get(id);
    this.#names.delete(id);
    const answer = this.#answer?.id === id ? this.#answer : undefined;
    if (answer !== undefined || isGivenUp()) return answer;
    const remedy = this.#isImported
      ? 'Pass it with ask(fn), since its module has to be imported first, or use a ThreadPool.'
      : 'Let it answer at once in this test, or use a ThreadPool.';
    throw new ReactorCallError(
      'HEDDLE_BLOCKS_REACTOR',
      `${name || 'An anonymous function'} has no answer yet, and cannot be waited for: the jobs of a MemoryThreadPool run in the reactor's thread. ${remedy}`,
    );
  }

  /** The module in which the reactor's instance of a function is to be found. */
  #moduleOf(target: CallTarget): string | undefined {
    if (target.kind === 'passed') return undefined;
    if (target.kind === 'written') this.#modules.set(target.id, target.url);
    else if (target.kind === 'address' && target.address.kind === 'module') {
      this.#modules.set(target.id, target.address.url);
    }
    return this.#modules.get(target.id);
  }
}
