import type { JobMessage, ThreadMessage } from './wire/messages.ts';

/** The way to one thread and back, whatever carries the messages. */
export interface ThreadConnection {
  /** The number of the job that the thread has begun last, in 32 bits. */
  readonly lastBegun: number;
  /** @throws whatever structured clone finds wrong with the message */
  post(message: JobMessage, transfer: readonly ArrayBuffer[]): void;
  /** Ends the thread, whatever it is doing; `ended` follows. */
  end(): void;
}

/** What a connection tells. `ended` is the last, and comes after every message the thread has sent. */
export interface ConnectionListener {
  received(message: ThreadMessage): void;
  /** A message came that could not be read here. */
  unreadable(error: unknown): void;
  ended(exitCode: number, crash: ThreadCrash | undefined): void;
}

/** The uncaught error that ended a thread; anything can be thrown, `undefined` too. */
export interface ThreadCrash {
  readonly error: unknown;
}

/** Makes a thread, and the connection to it. */
export type Connect = (listener: ConnectionListener) => ThreadConnection;
