import type { ChildProcess } from 'node:child_process';
import { readSync } from 'node:fs';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { clearTimeout, now, setImmediate, setTimeout } from '../../defer/node-timers.ts';
import { outsideOfCalls } from '../../defer/outside-of-calls.ts';
import type { ThreadCrash } from './connection.ts';
import { programArguments } from './program-arguments.ts';
import { Start } from './start.ts';
import { threadEntry } from './thread-entry.ts';
import { FrameReader } from '../wire/process/frames.ts';
import { PipeNumber } from '../wire/process/pipes.ts';

/** How long a process that has nothing to do may take to end, in milliseconds. */
export const ORDERLY_MS = 2000;
/** How long a process without a pipe may live: of one that has died, the pipes may be gone first. */
const PIPELESS_MS = 200;
/** How long what a process has written may take to arrive when it has ended: others may have its pipe, too. */
const REST_MS = 1000;

/** How often a program that exits looks whether its processes have ended. */
const LOOK_MS = 1;
const pause: Int32Array = new Int32Array(new SharedArrayBuffer(4));
/** Takes what nobody will hear any more. */
const sink: Uint8Array = new Uint8Array(65_536);

/** Those that are there, to end with the program. */
const living = new Set<Child>();

/** What is heard of a process. */
export interface ChildListener {
  heard(message: unknown): void;
  /** It has ended, and all that it wrote has been heard. */
  ended(
    exitCode: number,
    signal: NodeJS.Signals | undefined,
    reason: string | undefined,
    startError: ThreadCrash | undefined,
  ): void;
  /** Whether it may be working. */
  readonly isBusy: boolean;
  /** Whether it has said that it ends, and nothing that jobs have left behind can keep it from that any more. */
  readonly isOver: boolean;
}

/** What a process is started with. */
export interface ChildOptions {
  readonly execArgv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** The file for the board. */
  readonly board: number;
}

/** A process with pipes of our own: the channel of `fork` is left to the user's code, as a thread's parent port is. */
export class Child {
  readonly #listener: ChildListener;
  readonly #start: Start;
  /** There when its turn to be started has come. */
  #process: ChildProcess | undefined;
  /** What it is sent before. */
  #unsent: Buffer[] = [];
  readonly #reader = new FrameReader();
  #exit: { readonly code: number; readonly signal: NodeJS.Signals | undefined } | undefined;
  #reason: string | undefined;
  /** Why it could not be started. */
  #startError: ThreadCrash | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;
  #isEnding = false;

  /** @throws whatever stands in the way of starting a process, where it is started at once */
  constructor(listener: ChildListener, options: ChildOptions) {
    this.#listener = listener;
    const entry = fileURLToPath(threadEntry());
    this.#start = new Start('process', (isLater) => {
      try {
        this.#spawn(entry, options);
      } catch (error) {
        if (!isLater) throw error;
        this.#cannotStart(error);
      }
    });
  }

  /** It has begun its work. */
  hasStarted(): void {
    this.#start.end();
  }

  #spawn(entry: string, { execArgv, env, board }: ChildOptions): void {
    const args = [...execArgv, entry, ...programArguments()];
    // An import would take every program 2 ms, also those that never have a process.
    const { spawn } = process.getBuiltinModule('node:child_process');
    const child = outsideOfCalls(() =>
      spawn(process.execPath, args, {
        env,
        stdio: ['ignore', 'inherit', 'inherit', 'pipe', 'pipe', board, 'pipe'],
        windowsHide: true,
      }),
    );
    this.#process = child;
    child.on('error', (error) => {
      // A signal may not be deliverable, too.
      if (child.pid === undefined) this.#cannotStart(error);
    });
    child.on('exit', (code, signal) => this.#exited(code, signal));
    child.on('close', () => this.#end());
    child.unref();
    for (const pipe of [PipeNumber.fromPool, PipeNumber.toPool, PipeNumber.answers]) this.#watch(pipe);
    this.#pipe(PipeNumber.toPool)?.on('data', (chunk: Buffer) => this.#hear(chunk));
    // Before those of the program, after which there may be no others: one may throw, or call process.exit().
    if (living.size === 0) process.prependListener('exit', endAll);
    living.add(this);
    for (const bytes of this.#unsent.splice(0)) this.send(bytes);
  }

  send(bytes: Buffer): void {
    if (this.#process === undefined) this.#unsent.push(bytes);
    else this.#pipe(PipeNumber.fromPool)?.write(bytes);
  }

  answer(bytes: Buffer): void {
    this.#pipe(PipeNumber.answers)?.write(bytes);
  }

  /** Ends it in order where it has nothing to do, else at once. */
  end(): void {
    if (this.#listener.isBusy || this.#isEnding) return this.kill();
    this.#isEnding = true;
    this.#pipe(PipeNumber.fromPool)?.end();
    this.#timer = setTimeout(() => this.kill(), ORDERLY_MS).unref();
    return undefined;
  }

  kill(): void {
    this.#isEnding = true;
    if (this.#process !== undefined) this.#process.kill('SIGKILL');
    else this.#giveUpStart();
  }

  /** It is as if it had been started and killed. */
  #giveUpStart(): void {
    if (this.#exit !== undefined) return;
    this.#start.end();
    this.#exit = { code: 128 + constants.signals.SIGKILL, signal: 'SIGKILL' };
    setImmediate(() => this.#end());
  }

  #cannotStart(error: unknown): void {
    this.#startError = { error };
    this.#exit = { code: 1, signal: undefined };
    this.#end();
  }

  /** For whatever it is of no use any more. */
  #break(reason: string): void {
    if (this.#exit !== undefined || this.#isEnding) return;
    this.#reason = reason;
    this.kill();
  }

  #pipe(number: number): (Readable & Writable) | undefined {
    // Where there is no memory or file left for a process, there are no pipes.
    return (this.#process?.stdio as readonly unknown[] | undefined)?.[number] as (Readable & Writable) | undefined;
  }

  #watch(number: number): void {
    const pipe = this.#pipe(number) as (Readable & Writable & { unref?(): void }) | undefined;
    pipe?.unref?.();
    // What cannot be written any more, its end tells.
    pipe?.on('error', () => {});
    pipe?.on('close', () => {
      if (this.#exit !== undefined || this.#isEnding) return;
      this.#timer ??= setTimeout(() => this.#break('because it closed the pipe to its pool'), PIPELESS_MS);
    });
    // Whether the other side is there, only who reads learns.
    pipe?.resume();
  }

  #hear(chunk: Buffer): void {
    const messages = this.#reader.read(chunk);
    for (;;) {
      let next: IteratorResult<unknown>;
      try {
        next = messages.next();
      } catch {
        return this.#break('because it wrote what is no message into the pipe to its pool');
      }
      if (next.done) return undefined;
      this.#listener.heard(next.value);
    }
  }

  #exited(code: number | null, signal: NodeJS.Signals | null): void {
    this.#exit =
      signal === null ? { code: code ?? 1, signal: undefined } : { code: 128 + constants.signals[signal], signal };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#end(), REST_MS);
  }

  #end(): void {
    if (this.#isOver || this.#exit === undefined) return;
    this.#isOver = true;
    this.#start.end();
    clearTimeout(this.#timer);
    living.delete(this);
    if (living.size === 0) process.removeListener('exit', endAll);
    const { code, signal } = this.#exit;
    this.#isEnding = true;
    this.#listener.ended(code, signal, this.#reason, this.#startError);
  }

  /**
   * The program exits, and its event loop turns no more. A process that has nothing to do is told to end in order: its
   * pipes are closed, at once. Whoever works would not hear of it.
   */
  static programExits(child: Child): void {
    if (child.#listener.isBusy || child.#pipe(PipeNumber.toPool)?.destroyed !== false) return child.kill();
    child.#isEnding = true;
    for (const pipe of [PipeNumber.fromPool, PipeNumber.answers]) child.#pipe(pipe)?.destroy();
    return undefined;
  }

  /** Whether it may still run somebody's code. Its end itself, only the event loop would tell. */
  static goesOn(child: Child): boolean {
    if (child.#exit !== undefined || child.#process?.killed) return false;
    return !child.#listener.isOver && !child.#hasClosedPipe();
  }

  /** So it has where it has died. Node has no name for the file of a pipe, and on Windows there is none. */
  #hasClosedPipe(): boolean {
    const pipe = this.#pipe(PipeNumber.toPool);
    const { fd } = ((pipe && Reflect.get(pipe, '_handle')) ?? {}) as { readonly fd?: number };
    if (fd === undefined || fd < 0) return false;
    try {
      return readSync(fd, sink) === 0;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code !== 'EAGAIN';
    }
  }
}

/**
 * The program exits. An idle process may have been left something that computes, or that does so when it exits: only
 * that it ends tells that it had nothing to do. What goes on would outlive the program, and nobody would end it.
 */
function endAll(): void {
  for (const child of living) Child.programExits(child);
  const until = now() + ORDERLY_MS;
  while ([...living].some(Child.goesOn) && now() < until) Atomics.wait(pause, 0, 0, LOOK_MS);
  for (const child of living) if (Child.goesOn(child)) child.kill();
}
