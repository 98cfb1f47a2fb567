import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { looks } from './dispatch-log.ts';
import { SessionState, type SharedState, Wish, Word } from './shared-state.ts';
import { watcherEntry } from './watcher-entry.ts';
import type { DispatchedCall, WatcherData, WatcherMessage } from './watcher-messages.ts';

/** What a source map of some megabytes takes; nothing is put aside for it. */
const LIMITS = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 4, stackSizeMb: 2 };
/** How long the end of the process waits for the watcher, in milliseconds: it takes one or two. */
const LONGEST_WAIT_MS = 1_000;

/** The thread that watches the loop, seen from the loop. It keeps no process, and shows in none of the program's streams. */
export class WatcherThread {
  readonly #state: SharedState;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #receive: (message: WatcherMessage) => void;

  /**
   * @param onEnd is told why the thread has ended by itself
   * @throws whatever Node has against a thread, or its file
   */
  constructor(
    data: Pick<WatcherData, 'state' | 'threshold' | 'loopFigures' | 'grabName' | 'hasListener'>,
    receive: (message: WatcherMessage) => void,
    onEnd: (error: unknown) => void,
  ) {
    const { port1, port2 } = new MessageChannel();
    const workerData: WatcherData = { ...data, port: port2, looks, processId: process.pid };
    this.#state = data.state;
    this.#receive = receive;
    // Neither the program's flags nor its environment: what they have loaded first is none of this thread's business.
    this.#worker = new Worker(watcherEntry(), {
      name: 'heddle watch',
      workerData,
      transferList: [port2],
      execArgv: [],
      env: {},
      stdin: false,
      stdout: true,
      stderr: true,
      resourceLimits: LIMITS,
    });
    this.#port = port1;
    this.#port.on('message', receive);
    this.#worker.on('error', onEnd);
    this.#port.unref();
    this.#worker.unref();
  }

  tell(call: DispatchedCall): void {
    this.#port.postMessage(call, []);
  }

  /** Ends the thread in its own time. */
  stop(): void {
    this.#wish(Wish.stop);
    this.#closeSession();
    this.#port.close();
  }

  /**
   * Ends the thread before the process does, which must not leave a session of its open.
   *
   * @param isBlocked whether the loop is blocked now, which the thread is to report
   */
  finish(isBlocked: boolean): void {
    const isBusy = Atomics.load(this.#state.words, Word.busy) === 1;
    this.#wish(Wish.finish);
    if (isBlocked || isBusy) this.#waitFor(Word.done, 0);
    this.#closeSession();
    for (;;) {
      const next = receiveMessageOnPort(this.#port) as { message: WatcherMessage } | undefined;
      if (next === undefined) return;
      this.#receive(next.message);
    }
  }

  #wish(wish: number): void {
    const { words } = this.#state;
    Atomics.store(words, Word.wish, wish);
    Atomics.notify(words, Word.wish);
    // In the middle of a block it waits for that to end.
    Atomics.add(words, Word.beats, 1);
    Atomics.notify(words, Word.beats);
  }

  #closeSession(): void {
    const { words } = this.#state;
    const { closed, open, forbidden } = SessionState;
    while (Atomics.compareExchange(words, Word.session, closed, forbidden) === open) {
      if (!this.#waitFor(Word.session, open)) return;
    }
  }

  /** Whether the word has changed in time. */
  #waitFor(word: number, value: number): boolean {
    return Atomics.wait(this.#state.words, word, value, LONGEST_WAIT_MS) !== 'timed-out';
  }
}
