import { CancelledError } from '../../defer/errors.ts';
import type { Board } from '../wire/process/board.ts';
import type { SlotOutcome } from '../wire/channel/channel.ts';
import { frame, FrameReader, UnreadableMessage } from '../wire/process/frames.ts';
import { pack } from '../wire/values/pack.ts';
import type { Parcel } from '../wire/values/payload.ts';
import { PipeNumber } from '../wire/process/pipes.ts';
import type { ProcessResult, ToProcess } from '../wire/process/process-messages.ts';
import { detach, packThrownForProcess, refuseWhatStays } from '../wire/values/stays.ts';
import { UnclonableError } from '../wire/errors/unclonable-error.ts';
import { whyNotSent } from '../wire/values/why-not-sent.ts';
import { CurrentJobs } from './current-job.ts';
import { itemsWereTaken } from './functions/iteration.ts';
import { JobRunner, unsendable } from './job-runner.ts';
import { MemoryGauge } from './memory-gauge.ts';
import { Output } from './output.ts';
import { OwnResources } from './own-resources.ts';
import { PipeLine } from './pipe-line.ts';
import { tellPool, writeToPool } from './pool-pipes.ts';
import { now } from '../../defer/node-timers.ts';

/** A process has one job at a time. */
const SLOT = 0;

/** The process's end of its pipes: runs the jobs that come, one at a time, each in a turn of its own. */
export class ProcessLoop {
  readonly #board: Board;
  readonly #jobs: CurrentJobs;
  readonly #runner: JobRunner;
  readonly #reader = new FrameReader();
  readonly #gauge: MemoryGauge | undefined;
  #memory = 0;
  #resources: OwnResources | undefined;
  #isIdle = true;
  #job = 0;
  #beganAt = 0;

  /** @param measuresMemory whether the pool wants to know how much the process uses */
  constructor(board: Board, measuresMemory: boolean) {
    this.#board = board;
    if (measuresMemory) {
      this.#gauge = new MemoryGauge((bytes) => {
        this.#memory = bytes;
      });
    }
    this.#jobs = new CurrentJobs(() => board.demandFor(this.#job), new PipeLine());
    this.#runner = new JobRunner(
      {
        loading: () => this.#begin(false),
        loaded: () => this.#begin(true),
        value: (_slot, value) => this.#succeed(value),
        failed: (_slot, outcome, error) => {
          // What was never loaded has not run.
          if (outcome === 'unloadable') this.#begin(true);
          this.#fail(outcome, error);
        },
      },
      (slot, f, receiver, args) => this.#jobs.call(slot, f, receiver, args),
      this.#jobs.reactor,
    );
  }

  start(): void {
    const { Socket } = process.getBuiltinModule('node:net');
    const pipe = new Socket({ fd: PipeNumber.fromPool, readable: true, writable: false });
    pipe.on('data', (chunk) => {
      for (const message of this.#reader.read(chunk)) {
        if (message instanceof UnreadableMessage) this.#hearUnreadable(message);
        else this.#hear(message as ToProcess);
      }
    });
    // The pool has no more work, or is gone with its program.
    pipe.on('error', () => {});
    pipe.on('close', () => void exitWhenPrinted(this.#board));
    this.#resources = new OwnResources(
      pipe,
      () => this.#isIdle,
      (ask) => tellPool({ kind: 'free', ask }),
    );
    tellPool({ kind: 'ready' });
  }

  #hear(message: ToProcess): void {
    if (message.kind === 'cancelled') return this.#jobs.look();
    if (message.kind === 'items') return itemsWereTaken(message.items);
    if (message.kind === 'ask') return this.#resources?.tellWhenGone(message.ask);
    if (message.kind !== 'job') return undefined;
    this.#isIdle = false;
    this.#resources?.forget();
    this.#job = message.job;
    this.#begin(this.#runner.hasLoaded(message.functionId));
    // It has been taken back on its way here. Its function has not been loaded, and the pool must not think so.
    if (this.#board.demandFor(this.#job) === 'none') return this.#fail('unloadable', new CancelledError());
    return this.#runner.runMessage(SLOT, message.functionId, message.message);
  }

  #hearUnreadable({ subject, number, error }: UnreadableMessage): void {
    if (subject !== 'job') return;
    this.#isIdle = false;
    this.#job = number;
    this.#begin(false);
    // Its function may have come with it, and has not been loaded.
    this.#fail(
      'unloadable',
      new UnclonableError(`The arguments could not be read in the process: ${whyNotSent(error)}`, { cause: error }),
    );
  }

  /** The run time begins anew when all that had to be loaded has been. */
  #begin(isLoaded: boolean): void {
    this.#beganAt = now();
    this.#board.began(this.#job, isLoaded ? this.#beganAt : 0);
  }

  /** @throws UnclonableError, CodecError and others where the value cannot be sent */
  #succeed(value: unknown): void {
    const parcel = pack(value, 'result');
    refuseWhatStays(parcel.payload, 'result');
    this.#answer('value', parcel);
  }

  #fail(outcome: SlotOutcome, error: unknown): void {
    try {
      this.#answer(outcome, packThrownForProcess(error));
    } catch (unsent) {
      this.#answer(outcome, packThrownForProcess(unsendable(unsent)));
    }
  }

  #answer(outcome: SlotOutcome, { payload, transfer }: Parcel): void {
    const microseconds = (now() - this.#beganAt) * 1000;
    const beganAt = this.#beganAt;
    this.#gauge?.look(now());
    const memory = this.#memory;
    const result: ProcessResult = { kind: 'result', job: this.#job, outcome, payload, microseconds, beganAt, memory };
    const bytes = frame(result, 'result', this.#job);
    detach(transfer);
    this.#conclude(bytes);
  }

  #conclude(bytes: Buffer): void {
    this.#jobs.end(SLOT);
    this.#runner.hasEnded(SLOT);
    this.#board.finish(this.#job);
    this.#isIdle = true;
    writeToPool(bytes);
  }
}

/** What is still to be written to a pipe that others read would be lost. */
async function exitWhenPrinted(board: Board): Promise<void> {
  try {
    await new Output().onItsWay();
  } catch {
    // There is nowhere to print to.
  }
  // After all that jobs have left: a program that exits waits for those, and kills a process that does not come so far.
  process.on('exit', () => endOn(board));
  process.exit();
}

function endOn(board: Board): void {
  try {
    board.end();
  } catch {
    // Its file has been closed by a job. The program sees that the pipes are closed, too.
  }
}
