import type { Transferable } from 'node:worker_threads';
import type { ReactorLine } from '../threads/entry/reactor-calls.ts';
import { requireLoaded } from '../threads/callable/loaded-import.ts';
import type { CallAnswer, CallTarget, ThreadCall } from '../threads/wire/messages.ts';
import { ReactorCallError } from '../threads/wire/reactor-call-error.ts';

/** Calls to the reactor from jobs that run in its own thread: they are made at once. */
export class MemoryLine implements ReactorLine {
  readonly #called: (call: ThreadCall) => void;
  readonly #names = new Map<number, string>();
  #answer: CallAnswer | undefined;

  constructor(called: (call: ThreadCall) => void) {
    this.#called = called;
  }

  send(call: ThreadCall, transfer: readonly Transferable[]): void {
    this.#answer = undefined;
    const module = moduleOf(call.target);
    // To import it would take until after the job.
    if (module !== undefined) requireLoaded(module);
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
    throw new ReactorCallError(
      'HEDDLE_BLOCKS_REACTOR',
      `${name || 'An anonymous function'} has no answer yet, and cannot be waited for: the jobs of a MemoryThreadPool run in the reactor's thread. Let it answer at once in this test, or use a ThreadPool.`,
    );
  }
}

/** The module in which the reactor's instance of a function is to be found. */
function moduleOf(target: CallTarget): string | undefined {
  if (target.kind === 'written') return target.url;
  return target.kind === 'address' && target.address.kind === 'module' ? target.address.url : undefined;
}
