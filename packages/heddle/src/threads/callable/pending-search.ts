import { isLasting } from './capture/known-literals.ts';
import type { Located } from './capture/graph.ts';
import type { Origin } from './scripts/origin.ts';

/** To find out from its source that V8 would say the same again takes as long as so many questions, about. */
const MOST_QUESTIONS = 64;

/**
 * A search for a function that has not ended yet.
 *
 * Calls that come meanwhile have the same answer but for one thing: a function that goes by its text captures what the
 * variables hold when it is called. V8 is asked for them at each call, as long as that can matter.
 */
export class PendingSearch {
  readonly #f: Function;
  readonly #found: Promise<Located>;
  #questions = 0;
  #lasting: Origin | undefined;

  constructor(f: Function, found: Promise<Located>) {
    this.#f = f;
    this.#found = found;
  }

  /** What V8 has said of the function at an earlier call, where it would say the same now. */
  get lastingOrigin(): Origin | undefined {
    return this.#lasting;
  }

  /** The answer for a call at which V8 said this of the function. */
  answerFor(origin: Origin): Promise<Located> {
    this.#questions += 1;
    if (this.#questions === MOST_QUESTIONS && isLasting(origin, this.#f)) this.#lasting = origin;
    return this.#found.then((found) =>
      'literal' in found && origin.kind === 'script' ? { literal: found.literal, scopes: origin.scopes } : found,
    );
  }
}
