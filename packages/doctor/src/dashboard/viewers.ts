import type { ServerResponse } from 'node:http';

/** More than that are turned away: each costs a connection and some kilobytes a second. */
export const MOST_VIEWERS = 20;
/** Who has so many bytes to fetch does not read, or not fast enough, and is dropped; it may come again. */
const MOST_WAITING_BYTES = 1_000_000;

/** What viewers look at, which need not be made while there are none. */
export interface Watched {
  start(): void;
  stop(): void;
}

/** Those who look, by server-sent events. */
export class Viewers {
  readonly #responses = new Set<ServerResponse>();
  readonly #watched: Watched;

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  get isFull(): boolean {
    return this.#responses.size >= MOST_VIEWERS;
  }

  get count(): number {
    return this.#responses.size;
  }

  /** @param hello what a viewer is told first */
  add(response: ServerResponse, hello: unknown): void {
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // Proxies that collect answers would keep the events.
      'x-accel-buffering': 'no',
    });
    response.write(eventText('hello', hello));
    this.#responses.add(response);
    response.once('close', () => this.#remove(response));
    if (this.#responses.size === 1) this.#watched.start();
  }

  tell(event: string, data: unknown): void {
    if (this.#responses.size === 0) return;
    const text = eventText(event, data);
    for (const response of this.#responses) {
      response.write(text);
      if (response.writableLength > MOST_WAITING_BYTES) response.destroy();
    }
  }

  /** Ends all streams, in order: the pages see that the program has ended, and try again. */
  stop(): void {
    for (const response of this.#responses) {
      response.end();
      this.#remove(response);
    }
  }

  #remove(response: ServerResponse): void {
    if (this.#responses.delete(response) && this.#responses.size === 0) this.#watched.stop();
  }
}

function eventText(event: string, data: unknown): string {
  // JSON has no line breaks.
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
