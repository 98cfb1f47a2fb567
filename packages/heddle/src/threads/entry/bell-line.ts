import { MessageChannel, type MessagePort, receiveMessageOnPort, type Transferable } from 'node:worker_threads';
import type { CallCount } from '../wire/channel/call-count.ts';
import type { CallAnswer, ThreadCall } from '../wire/messages.ts';
import { UnclonableError } from '../wire/errors/unclonable-error.ts';
import { whyNotSent } from '../wire/values/why-not-sent.ts';
import type { ReactorLine } from './reactor-calls.ts';

/**
 * Carries a thread's calls to the reactor on the bell, and its answers back on a port of their own, which nobody
 * listens to: who waits for one takes it.
 */
export class BellLine implements ReactorLine {
  readonly #bell: MessagePort;
  readonly #count: CallCount;
  /** Made for the first call that waits. */
  #answers: MessagePort | undefined;
  /** The call that the next answer is for, where that has been said: one that cannot be read says nothing. */
  #announced: number | undefined;

  constructor(bell: MessagePort, count: CallCount) {
    this.#bell = bell;
    this.#count = count;
  }

  send(call: ThreadCall, transfer: readonly Transferable[]): void {
    if (call.id !== undefined && this.#answers === undefined) this.#sendFirst(call, transfer);
    else this.#post(call, transfer);
    this.#count.oneWasMade();
  }

  /** The first call that waits takes the port along to which its answer goes, unless it cannot be sent. */
  #sendFirst(call: ThreadCall, transfer: readonly Transferable[]): void {
    const { port1, port2 } = new MessageChannel();
    try {
      this.#post({ ...call, answers: port2 }, [...transfer, port2]);
    } catch (error) {
      port1.close();
      throw error;
    }
    this.#answers = port1;
  }

  answerTo(id: number, isGivenUp: () => boolean): CallAnswer | undefined {
    for (;;) {
      const { wakings } = this.#count;
      const answer = this.#take(id);
      if (answer !== undefined || isGivenUp()) return answer;
      this.#count.sleep(wakings);
    }
  }

  /** Those that nobody waits for any more are dropped: theirs came too late. */
  #take(id: number): CallAnswer | undefined {
    for (;;) {
      const answer = this.#receive(id);
      if (answer === undefined || answer.id === id) return answer;
    }
  }

  /** The next answer. @throws UnclonableError where it cannot be read, and may be the one to this call */
  #receive(id: number): CallAnswer | undefined {
    for (;;) {
      try {
        const message = receiveMessageOnPort(this.#answers as MessagePort)?.message as CallAnswer | number | undefined;
        this.#announced = typeof message === 'number' ? message : undefined;
        if (typeof message !== 'number') return message;
      } catch (error) {
        const answered = this.#announced;
        this.#announced = undefined;
        if (answered !== undefined && answered !== id) continue;
        throw new UnclonableError(`The answer could not be read in the thread: ${whyNotSent(error)}`, { cause: error });
      }
    }
  }

  #post(call: ThreadCall, transfer: readonly Transferable[]): void {
    this.#bell.postMessage(call, transfer);
  }
}
