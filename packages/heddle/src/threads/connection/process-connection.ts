import { closeSync } from 'node:fs';
import type { ResourceLimits, SHARE_ENV, Transferable } from 'node:worker_threads';
import { fail } from '../../defer/succeed.ts';
import { entryModuleFiles } from '../callable/modules/entry-module.ts';
import { honoursSourceMaps } from '../callable/scripts/source-maps-enabled.ts';
import { Child, type ChildListener, ORDERLY_MS } from './child.ts';
import { compileCacheDirectory } from './compile-cache.ts';
import type { ConnectionListener, OutgoingJob, Progress, ThreadConnection, ThreadCrash } from './connection.ts';
import { packJob, readAnswer, unsendableArguments, UnsendableClosure } from './job-message.ts';
import { refusePreload } from './preload.ts';
import { commandLine } from '../process-options.ts';
import { makeUnnamedFile } from './unnamed-file.ts';
import { Board, BOARD_BYTES, type Notes } from '../wire/process/board.ts';
import { frame, UnreadableMessage } from '../wire/process/frames.ts';
import type { CallAnswer, JobMessage, MoreItems, ThreadCall } from '../wire/messages.ts';
import type { FromProcess, ProcessData, ProcessResult, ToProcess } from '../wire/process/process-messages.ts';
import { unsendableAnswer } from './answer.ts';
import { nestingDepth } from '../wire/entry-files.ts';
import { refuseDeepNesting, refuseSecondRun } from '../wire/second-run.ts';
import { detach, packThrownForProcess, refuseWhatStays } from '../wire/values/stays.ts';
import { UnclonableError } from '../wire/errors/unclonable-error.ts';
import { unpack } from '../wire/values/unpack.ts';
import { whyNotSent } from '../wire/values/why-not-sent.ts';
import { now } from '../../defer/node-timers.ts';

/** What Node is told. */
export interface ProcessOptions {
  readonly name: string;
  readonly resourceLimits: ResourceLimits | undefined;
  readonly env: NodeJS.ProcessEnv | typeof SHARE_ENV | undefined;
  readonly execArgv: readonly string[] | undefined;
  readonly nice: number;
  readonly maxThreadMemory: number;
}

/** Signals that a terminal, or whoever watches the program, sends to all of its processes. */
const GROUP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const;

const SLOT = 0;
/** The board has 32 bits for the number of a job. */
const LAST_JOB = 2 ** 31 - 1;
const NONE: readonly Function[] = [];

/** A thread made of a process: one job at a time, which stays here until the process is ready for it. */
export class ProcessConnection implements ThreadConnection, ChildListener {
  readonly capacity: number = 1;
  hasMoved = false;
  #passed: readonly Function[] = NONE;
  readonly #listener: ConnectionListener;
  readonly #board: Board;
  readonly #child: Child;
  #isReady = false;
  /** The signals that it is to leave to the program, once it can. */
  readonly #ignored: readonly NodeJS.Signals[] = ignoredSignals();
  /** What the board said last, when it is closed. */
  #lastNotes: Notes | undefined;
  /** The number of the job that was submitted last. */
  #job = 0;
  /** It, as long as the process cannot be given it. */
  #held: Buffer | undefined;
  /** Whether the process has a job that it has not answered. */
  #isSent = false;
  /** Whether the job has asked for something, so that it may wait for an answer. */
  #hasAsked = false;
  /** The number of the job that was cancelled last. */
  #cancelled = 0;
  #crash: ThreadCrash | undefined;
  memory = 0;

  /** @throws ThreadEntryMissingError, and whatever stands in the way of starting a process */
  constructor(listener: ConnectionListener, options: ProcessOptions) {
    const { name, resourceLimits, env, execArgv, nice, maxThreadMemory } = options;
    refuseSecondRun();
    refuseDeepNesting();
    refusePreload();
    this.#listener = listener;
    this.#board = new Board(makeUnnamedFile(BOARD_BYTES));
    try {
      this.#child = new Child(this, {
        execArgv: commandLine(execArgv, resourceLimits),
        env: env === undefined ? process.env : (env as NodeJS.ProcessEnv),
        board: this.#board.fd,
      });
    } catch (error) {
      closeSync(this.#board.fd);
      throw error;
    }
    const data: ProcessData = {
      kind: 'data',
      title: name,
      entryFiles: entryModuleFiles(),
      depth: nestingDepth() + 1,
      sourceMaps: honoursSourceMaps(),
      nice,
      measuresMemory: maxThreadMemory !== Number.POSITIVE_INFINITY,
      ignoredSignals: this.#ignored,
      compileCache: compileCacheDirectory(),
    };
    this.#tell(data);
  }

  submit(job: OutgoingJob): number {
    const number = (this.#job = (this.#job % LAST_JOB) + 1);
    this.#hasAsked = false;
    let bytes: Buffer;
    try {
      const { message, transfer, moves, passed } = packJob(job);
      refuseArguments(message);
      bytes = frame({ kind: 'job', job: number, functionId: job.functionId, message }, 'job', number);
      detach(transfer);
      this.hasMoved = moves;
      this.#passed = passed;
    } catch (error) {
      throw unsendableArguments(job.call.functionName, error);
    }
    this.#held = bytes;
    if (job.call.settled) this.withdraw();
    else if (this.#isReady) this.#send();
    return SLOT;
  }

  takePassed(): readonly Function[] {
    const passed = this.#passed;
    this.#passed = NONE;
    return passed;
  }

  withdraw(): boolean {
    if (this.#held === undefined) return false;
    this.#held = undefined;
    this.#listener.completed(SLOT, 'withdrawn', undefined, 0, now());
    return true;
  }

  cancel(): void {
    if (!this.#isSent) return;
    this.#board.cancel(this.#job);
    this.#tellOfMark();
  }

  leave(): void {
    if (!this.#isSent) return;
    this.#board.leave(this.#job);
    this.#tellOfMark();
  }

  /** The mark is for a job that computes; one that waits in the event loop of its process has to be told. */
  #tellOfMark(): void {
    this.#tell({ kind: 'cancelled' });
    this.#cancelled = this.#job;
    if (this.#hasAsked) this.#child.answer(frame('look'));
  }

  itemsWereTaken(items: MoreItems): void {
    this.#tell({ kind: 'items', items });
  }

  askWhenFree(ask: number): void {
    this.#tell({ kind: 'ask', ask });
  }

  answer(answer: CallAnswer, transfer: readonly Transferable[]): void {
    let bytes: Buffer;
    try {
      refuseWhatStays(answer.payload, 'answer');
      bytes = frame(answer, 'answer', answer.id);
      detach(transfer);
    } catch (error) {
      const payload = packThrownForProcess(unsendableAnswer(error)).payload;
      bytes = frame({ id: answer.id, outcome: 'thrown', payload }, 'answer', answer.id);
    }
    this.#child.answer(bytes);
  }

  progressOf(): Progress {
    if (this.#held !== undefined) return 'sent';
    const { begun, done } = this.#notes();
    if (done === this.#job) return 'done';
    return begun === this.#job ? 'begun' : 'sent';
  }

  runTimeOf(): number {
    if (!this.#isSent) return 0;
    const { begun, done, since } = this.#notes();
    const isRunning = begun === this.#job && done !== this.#job && since > 0;
    return isRunning ? Math.max(0, now() - since) : 0;
  }

  /** A process that has nothing to do may end in its own time first. */
  readonly endsWithin: number = 2 * ORDERLY_MS;

  end(): void {
    this.#child.end();
  }

  get isBusy(): boolean {
    return this.#isSent || !this.#isReady;
  }

  get isOver(): boolean {
    return this.#board.isOver;
  }

  heard(message: unknown): void {
    if (message instanceof UnreadableMessage) return this.#heardUnreadable(message);
    const said = message as FromProcess;
    switch (said.kind) {
      case 'ready':
        this.#isReady = true;
        this.#child.hasStarted();
        this.#listener.started();
        if (this.#held !== undefined) this.#send();
        break;
      case 'result':
        this.#completed(said);
        break;
      case 'call':
        this.#asks(said.call);
        this.#listener.called(said.call);
        break;
      case 'free':
        this.#listener.free(said.ask);
        break;
      case 'crash':
        this.#crash = { error: unpack(said.payload) };
        break;
    }
    return undefined;
  }

  /** A cancel may have come before it was heard that the process waits for an answer. */
  #asks({ id }: ThreadCall): void {
    if (id === undefined) return;
    this.#hasAsked = true;
    if (this.#cancelled === this.#job) this.#child.answer(frame('look'));
  }

  #heardUnreadable({ subject, number, error }: UnreadableMessage): void {
    if (subject === 'result' && number === this.#job && this.#isSent) {
      this.#isSent = false;
      const unread = new UnclonableError(`The result could not be read from the process: ${whyNotSent(error)}`, {
        cause: error,
      });
      this.#listener.completed(SLOT, 'thrown', unread, 0, now());
    } else if (subject === 'call') {
      const unread = new UnclonableError(
        `The arguments of a call from a process could not be read: ${whyNotSent(error)}`,
        { cause: error },
      );
      if (number > 0) this.answer({ id: number, outcome: 'thrown', payload: packThrownForProcess(unread).payload }, []);
      // Nobody waits for it, so that nobody else hears of it.
      else fail(unread);
    }
  }

  ended(
    exitCode: number,
    signal: NodeJS.Signals | undefined,
    reason: string | undefined,
    startError: ThreadCrash | undefined,
  ): void {
    this.#lastNotes = this.#board.look();
    closeSync(this.#board.fd);
    const neverStarted = startError !== undefined || (signal !== undefined && this.#cameTooEarly(signal));
    this.#listener.ended({ exitCode, crash: startError ?? this.#crash, process: { signal, reason }, neverStarted });
  }

  /** Node itself, as it starts, ends by what was meant for the program: no call is at fault. */
  #cameTooEarly(signal: NodeJS.Signals): boolean {
    return !this.#isReady && this.#ignored.includes(signal);
  }

  #tell(message: ToProcess): void {
    this.#child.send(frame(message));
  }

  #send(): void {
    this.#child.send(this.#held as Buffer);
    this.#held = undefined;
    this.#isSent = true;
  }

  #completed({ job, outcome, payload, microseconds, beganAt, memory }: ProcessResult): void {
    if (job !== this.#job || !this.#isSent) return;
    this.memory = memory;
    this.#isSent = false;
    const arrived = readAnswer(outcome, () => payload);
    this.#listener.completed(SLOT, arrived.outcome, arrived.result, microseconds, beganAt);
  }

  #notes(): Notes {
    return this.#lastNotes ?? this.#board.look();
  }
}

/** The program's own default is to end by them, and its processes then end with it. */
function ignoredSignals(): NodeJS.Signals[] {
  // In a worker thread nobody knows whether the program listens. Where it does not, its processes end when it is gone.
  if (!process.getBuiltinModule('node:worker_threads').isMainThread) return [...GROUP_SIGNALS];
  return GROUP_SIGNALS.filter((signal) => process.listenerCount(signal) > 0);
}

function refuseArguments({ args, captured }: JobMessage): void {
  refuseWhatStays(args, 'args');
  if (captured === undefined) return;
  try {
    refuseWhatStays(captured, 'captured');
  } catch (error) {
    throw error instanceof UnclonableError ? new UnsendableClosure(error) : error;
  }
}
