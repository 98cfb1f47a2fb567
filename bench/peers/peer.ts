/** A way to call a function in a thread, set up with exactly one thread. */
export interface Peer {
  readonly name: string;
  readonly version: string;
  start(): Promise<RunningPeer>;
}

export interface RunningPeer {
  /** Has the thread do nothing, and gives what settles when it has. */
  call(): PromiseLike<unknown>;
  stop(): Promise<void>;
}
