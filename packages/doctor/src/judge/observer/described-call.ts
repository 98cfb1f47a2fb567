import type { Beginning } from '../measure.ts';
import type { Observation } from '../messages.ts';
import type { Watched } from './watched.ts';

/** What an observation of a call says of it whatever way it was watched. */
export type DescribedCall = Omit<
  Observation,
  'isBlind' | 'arguments' | 'result' | 'derivedText' | 'seen' | 'hasThrown' | 'runMs' | 'starvedMs' | 'loop'
>;

export function describedCall(
  { plan: { frame, place, site } }: Watched,
  { hasFunction, on, isOnHeir }: Beginning,
): DescribedCall {
  return {
    kind: 'call',
    frame,
    place,
    text: site.text,
    callee: site.callee,
    receiver: site.receiver,
    argumentTexts: site.args,
    isInAsync: site.isInAsync,
    isNew: site.isNew,
    isGetter: false,
    hasFunction,
    on,
    isOnHeir,
    isPromise: site.sinks.isAwaited,
  };
}
