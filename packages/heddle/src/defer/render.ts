import { type InspectOptionsStylized, inspect } from 'node:util';
import type { Deferred } from './deferred.ts';
import { formatHistory, historyOf, placeOf } from './debug.ts';
import { Failure } from './failure.ts';
import { Chainee, type Link, Pair, type Step } from './link.ts';

/** What a Deferred tells about its inside, to be shown to people. */
export interface DeferredState {
  readonly deferred: object;
  readonly called: boolean;
  readonly running: boolean;
  /** How many calls of `unpause` are missing. */
  readonly pauses: number;
  readonly result: unknown;
  readonly waitingFor: Deferred<unknown> | undefined;
  readonly firstLink: Link | undefined;
}

/** Links beyond these are only counted. */
const LINKS_SHOWN = 10;

/** The text that `util.inspect` gives for a Deferred; see `Deferred[inspect.custom]`. */
export function renderDeferred(state: DeferredState, depth: number, options: InspectOptionsStylized): string {
  if (depth < 0) return options.stylize('[Deferred]', 'special');
  const parts = [renderResult(state, options)];
  if (state.running) parts.push(options.stylize('<running a callback>', 'special'));
  if (state.pauses > 0) parts.push(options.stylize(`<paused ${state.pauses}>`, 'special'));
  const chain = renderChain(state.firstLink, options);
  if (chain !== '') parts.push(`chain: [ ${chain} ]`);
  return `Deferred { ${parts.join(', ')} }${formatHistory(historyOf(state.deferred))}`;
}

function renderResult({ called, waitingFor, result }: DeferredState, options: InspectOptionsStylized): string {
  // `depth` counts from the outside in, so what lies within has one less.
  const inner = { ...options, depth: (options.depth ?? Number.POSITIVE_INFINITY) - 1 };
  if (!called) return options.stylize('<not fired>', 'special');
  if (waitingFor !== undefined) return `${options.stylize('<waiting for>', 'special')} ${inspect(waitingFor, inner)}`;
  if (result instanceof Failure) return `${options.stylize('<failed>', 'special')} ${inspect(result.value, inner)}`;
  return inspect(result, inner);
}

function renderChain(first: Link | undefined, options: InspectOptionsStylized): string {
  const shown: string[] = [];
  let more = 0;
  for (let link = first; link !== undefined; link = link.next) {
    if (shown.length < LINKS_SHOWN) shown.push(renderLink(link, options));
    else more++;
  }
  if (more > 0) shown.push(`... ${more} more`);
  return shown.join(', ');
}

function renderLink(link: Link, options: InspectOptionsStylized): string {
  if (link instanceof Chainee) return options.stylize('<a Deferred that waits for this one>', 'special');
  if (!(link instanceof Pair)) return options.stylize('<somebody who looks>', 'special');
  const place = placeOf(link);
  return `${renderPair(link)}${place === undefined ? '' : ` (${place})`}`;
}

function renderPair({ onValue, onFailure }: Pair): string {
  if (onValue === onFailure) return `both ${nameOf(onValue)}`;
  if (onFailure === undefined) return nameOf(onValue);
  return onValue === undefined ? `errback ${nameOf(onFailure)}` : `${nameOf(onValue)} or errback ${nameOf(onFailure)}`;
}

function nameOf(step: Step | undefined): string {
  return step === undefined || step.name === '' ? '(anonymous)' : step.name;
}
