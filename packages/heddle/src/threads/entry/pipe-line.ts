import type { Transferable } from 'node:worker_threads';
import type { CallAnswer, ThreadCall } from '../wire/messages.ts';
import { frame, UnreadableMessage } from '../wire/process/frames.ts';
import { PipeNumber } from '../wire/process/pipes.ts';
import type { FromProcess, ProcessAnswer } from '../wire/process/process-messages.ts';
import { detach, refuseWhatStays } from '../wire/values/stays.ts';
import { UnclonableError } from '../wire/errors/unclonable-error.ts';
import { whyNotSent } from '../wire/values/why-not-sent.ts';
import { BlockingPipe, writeToPool } from './pool-pipes.ts';
import { argumentsOf, type ReactorLine } from './reactor-calls.ts';

/** Carries a process's calls to the reactor among its results, and its answers back on a pipe of their own. */
export class PipeLine implements ReactorLine {
  readonly #answers = new BlockingPipe(PipeNumber.answers);

  send(call: ThreadCall, transfer: readonly Transferable[]): void {
    refuseWhatStays(call.args, argumentsOf(call.target));
    const message: FromProcess = { kind: 'call', call };
    const bytes = frame(message, 'call', call.id);
    detach(transfer);
    writeToPool(bytes);
  }

  /** Answers that nobody waits for any more are dropped: theirs came too late. */
  answerTo(id: number, isGivenUp: () => boolean): CallAnswer | undefined {
    while (!isGivenUp()) {
      const answer = this.#answers.next() as ProcessAnswer | UnreadableMessage;
      if (answer instanceof UnreadableMessage) {
        if (answer.number !== id) continue;
        throw new UnclonableError(`The answer could not be read in the process: ${whyNotSent(answer.error)}`, {
          cause: answer.error,
        });
      }
      if (answer !== 'look' && answer.id === id) return answer;
    }
    return undefined;
  }
}
