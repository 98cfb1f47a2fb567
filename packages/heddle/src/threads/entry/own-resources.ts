import type { MessagePort } from 'node:worker_threads';
import { tell } from '../wire/messages.ts';

/**
 * Finds out when nothing that jobs have left behind keeps this thread: no server, no socket, no timer. That is when Node
 * would end the thread if the bell did not hold it: so the bell lets go, Node says that it is about to end the thread,
 * and the bell holds it again. Nothing is counted, and nobody looks again and again.
 */
export class OwnResources {
  readonly #bell: MessagePort;
  readonly #isIdle: () => boolean;
  /** The number of the ask that has not been answered; 0 for none. */
  #ask = 0;
  #listens = false;

  constructor(bell: MessagePort, isIdle: () => boolean) {
    this.#bell = bell;
    this.#isIdle = isIdle;
  }

  /** Answers with the same number once nothing keeps the thread. */
  tellWhenGone(ask: number): void {
    this.#ask = ask;
    this.#bell.unref();
    if (this.#listens) return;
    this.#listens = true;
    process.on('beforeExit', () => this.#areGone());
  }

  /** There is work, and the bell holds the thread again. */
  forget(): void {
    if (this.#ask === 0) return;
    this.#ask = 0;
    this.#bell.ref();
  }

  #areGone(): void {
    const ask = this.#ask;
    this.#ask = 0;
    this.#bell.ref();
    if (ask > 0 && this.#isIdle()) tell(this.#bell, ask);
  }
}
