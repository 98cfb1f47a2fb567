import { now } from '../../defer/node-timers.ts';
import type { Session } from 'node:inspector';
import { type Grabbed, grabExpression } from '../grab.ts';
import { SessionState, type SharedState, Wish, Word } from '../shared-state.ts';
import type { OwnTime } from './own-time.ts';

/** Looks for the answer, and for reasons not to wait for it any longer, come every so many milliseconds. */
const LOOK_MS = 10;
/** When the loop has turned, the answer is on its way or will not come. */
const PATIENCE_MS = 100;

/** What came of one question. */
export interface Inspected extends Grabbed {
  /** When it was asked. */
  readonly asked: number;
  /** Whether a debugger has stopped the program. */
  readonly isPaused: boolean;
}

/**
 * Asks the loop's thread where it is. The session is open from the question to the answer only: one that is open at the
 * end of the process would hold that up, with a message of Node's.
 *
 * The Debugger domain is enabled only where a debugger can be attached anyway, in the middle of a block, and for no
 * longer than one question: while it is, every `await` is ten times slower.
 */
export class Inspection {
  readonly #state: SharedState;
  readonly #time: OwnTime;
  readonly #expression: string;
  readonly #whileWaiting: () => void;
  #asked = 0;

  /** @param whileWaiting is called every now and then while an answer does not come */
  constructor(state: SharedState, time: OwnTime, name: string, whileWaiting: () => void) {
    this.#state = state;
    this.#time = time;
    this.#expression = grabExpression(name);
    this.#whileWaiting = whileWaiting;
  }

  /** @throws where the thread cannot be asked at all */
  async try(): Promise<void> {
    await this.#inSession(async () => {});
  }

  /** @param beats the count of the turn that is blocked; a later turn is of no interest */
  async ask(sample: number, beats: number, asksForTick: boolean): Promise<Inspected | undefined> {
    return this.#inSession(async (session) => {
      const { words } = this.#state;
      Atomics.store(words, Word.askedSample, sample);
      Atomics.store(words, Word.askedBeats, beats);
      Atomics.store(words, Word.askedForTick, asksForTick ? 1 : 0);
      const text = await this.#evaluate(session, beats);
      if (text === '') return undefined;
      const asked = this.#asked;
      const grabbed = JSON.parse(text) as Grabbed;
      return { ...grabbed, asked, isPaused: grabbed.isInspected && (await this.#isPaused(session, beats)) };
    });
  }

  async #inSession<Result>(use: (session: Session) => Promise<Result>): Promise<Result | undefined> {
    const { words } = this.#state;
    const { closed, open } = SessionState;
    if (Atomics.compareExchange(words, Word.session, closed, open) !== closed) return undefined;
    // Looked up late: the threads of pools have this file as well, and never watch.
    const session = new (process.getBuiltinModule('node:inspector').Session)();
    try {
      session.connectToMainThread();
      return await use(session);
    } finally {
      session.disconnect();
      Atomics.store(words, Word.session, closed);
      Atomics.notify(words, Word.session);
    }
  }

  async #evaluate(session: Session, beats: number): Promise<string> {
    const answer = await this.#post<{ result: { value?: unknown } }>(session, 'Runtime.evaluate', beats, {
      expression: this.#expression,
      returnByValue: true,
      silent: true,
      // Within the step of a debugger, it would stop in this, and wait for who waits for the answer.
      disableBreaks: true,
    });
    return typeof answer?.result.value === 'string' ? answer.result.value : '';
  }

  /** To a session that enables the domain while the program is paused, V8 says so at once. */
  async #isPaused(session: Session, beats: number): Promise<boolean> {
    let isPaused = false;
    session.once('Debugger.paused', () => {
      isPaused = true;
    });
    await this.#post(session, 'Debugger.enable', beats);
    await this.#post(session, 'Debugger.disable', beats);
    return isPaused;
  }

  async #post<Result>(
    session: Session,
    method: string,
    beats: number,
    params: object = {},
  ): Promise<Result | undefined> {
    const reply: { isHere: boolean; answer?: Result } = { isHere: false };
    const answered = new Promise<void>((resolve) => {
      session.post(method, params, (_error: Error | null, answer?: object) => {
        Object.assign(reply, { isHere: true, answer });
        resolve();
      });
    });
    // This thread may have had to wait for a processor before.
    this.#asked = now();
    const { words } = this.#state;
    let patience = PATIENCE_MS;
    while (!reply.isHere && patience > 0) {
      if (Atomics.load(words, Word.wish) !== Wish.watch) break;
      if (Atomics.load(words, Word.beats) !== beats) patience -= LOOK_MS;
      await this.#time.turn(answered, LOOK_MS);
      this.#whileWaiting();
    }
    return reply.answer;
  }
}
