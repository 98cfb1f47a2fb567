// The package has types, but its "exports" hide them.
declare module 'threads' {
  type Thread = Readonly<Record<string, (argument?: unknown) => Promise<unknown>>>;
  export class Worker {
    constructor(script: string);
  }
  export function spawn(worker: Worker): Promise<Thread>;
  export function Pool(
    start: () => Promise<Thread>,
    size: number,
  ): { queue(call: (thread: Thread) => unknown): PromiseLike<unknown> };
  export function Transfer<T>(value: T, transfer: ArrayBuffer[]): T;
}

declare module 'threads/worker' {
  export function expose(functions: Readonly<Record<string, (argument: never) => unknown>>): void;
  export function Transfer<T>(value: T, transfer: ArrayBuffer[]): T;
}
