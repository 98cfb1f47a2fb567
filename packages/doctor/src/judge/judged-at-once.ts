import type { Culprit } from 'heddle/watchdog';
import { counterpartOf } from './asynchronous.ts';
import { type Judgement, unknown } from './judgement.ts';
import { lastPart, textAt } from './written-call.ts';

/** What can be said of a place without another call; undefined where that is needed. */
export function judgedAtOnce(blockedMs: number, { frame, call, callee }: Culprit): Judgement | undefined {
  if (frame.origin !== 'own') {
    return unknown('It is not called by the program itself, so that there is no call to change.');
  }
  if (callee === undefined || call === undefined) return undefined;
  const counterpart = counterpartOf(callee, lastPart(call));
  if (counterpart === undefined) return undefined;
  const { name, imports, called, differs } = counterpart;
  const text = textAt(frame, lastPart(call));
  const args = text === undefined ? '…' : text.args.join(', ');
  return {
    verdict: 'asynchronous',
    why:
      `Node has ${name}, which ${differs === undefined ? 'does the same and does not block' : 'does not block'}: this call took ` +
      `${Math.round(blockedMs)} ms.${differs === undefined ? '' : ` It ${differs}.`}`,
    write: `${imports}\n${counterpart.write(`${called}(${args})`)}`,
  };
}
