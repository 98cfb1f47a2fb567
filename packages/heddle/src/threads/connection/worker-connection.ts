import { access } from 'node:fs';
import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  type ResourceLimits,
  type SHARE_ENV,
  type Transferable,
  type Worker,
  type WorkerOptions as NodeWorkerOptions,
} from 'node:worker_threads';
import { clearTimeout, setImmediate, setTimeout } from '../../defer/node-timers.ts';
import { outsideOfCalls } from '../../defer/outside-of-calls.ts';
import { entryModuleFiles } from '../callable/modules/entry-module.ts';
import { honoursSourceMaps } from '../callable/scripts/source-maps-enabled.ts';
import { closeChannel, openChannel } from './channel-memory.ts';
import { compileCacheDirectory } from './compile-cache.ts';
import {
  type ConnectionListener,
  NOT_NOW,
  type OutgoingJob,
  type Progress,
  type ThreadConnection,
  type ThreadCrash,
} from './connection.ts';
import { makeWorker } from './debugger-wait.ts';
import { JobSlots } from './job-slots.ts';
import { warnOfOverriddenLimits } from './overridden-limits.ts';
import { refusePreload } from './preload.ts';
import { programArguments } from './program-arguments.ts';
import { Start } from './start.ts';
import { threadEntry } from './thread-entry.ts';
import { type TellWhereabouts, whereIs } from './whereabouts.ts';
import { type Channel, SLOTS } from '../wire/channel/channel.ts';
import {
  type BellMessage,
  type CallAnswer,
  type MoreItems,
  type ThreadCall,
  type ThreadData,
  tell,
} from '../wire/messages.ts';
import { isShortage } from './shortage.ts';
import { nestingDepth } from '../wire/entry-files.ts';
import { refuseDeepNesting, refuseSecondRun } from '../wire/second-run.ts';

/**
 * A thread that was asked where it is, and is to end, has so many milliseconds to answer first. One that does not is
 * mostly in native code, which nobody can end either.
 */
const LONGEST_ANSWER_MS = 500;

/** What Node gives for a thread that was ended. */
const TERMINATED = 1;
/** The exit code of a thread that Node did not make. */
const NEVER_STARTED = 1;
const NO_THREAD = -1;

let nodesOwnThreadsRun = false;

/**
 * Threads inherit niceness from the one that starts them. Those that Node does files, names and ciphers with are
 * started by whoever needs them first: that must not be a thread that gives way, or the loop would wait for them.
 */
function startNodesOwnThreads(): void {
  if (nodesOwnThreadsRun) return;
  nodesOwnThreadsRun = true;
  outsideOfCalls(() => access('/', () => {}));
}

/** What Node's Worker is told. */
export interface WorkerOptions {
  readonly name: string;
  readonly resourceLimits: ResourceLimits | undefined;
  readonly env: NodeJS.ProcessEnv | typeof SHARE_ENV | undefined;
  readonly execArgv: readonly string[] | undefined;
  readonly nice: number;
  readonly concurrency: number;
  readonly maxThreadMemory: number;
}

/** A thread made of a Worker, reached by memory and ports of our own: the parent port is left to the user's code. */
export class WorkerConnection implements ThreadConnection {
  readonly capacity: number = SLOTS;
  readonly #start: Start;
  /** There when its turn to be started has come. */
  #worker: Worker | undefined;
  #channel: Channel = openChannel();
  readonly #slots: JobSlots;
  readonly #bell: MessagePort;
  /** The ports that go to the thread when it is started. */
  readonly #threadsPorts: readonly MessagePort[];
  readonly #listener: ConnectionListener;
  /** How many of the thread's calls have been heard. */
  #callsHeard = 0;
  /** Where the answers to them go. */
  #answers: MessagePort | undefined;
  #crash: ThreadCrash | undefined;
  #isReady = false;
  #isEnding = false;
  /** Whether it has been ended before it was started. */
  #isGivenUp = false;
  /** How often it has been asked where it is, and has not answered. */
  #asked = 0;
  /** Until when it may answer, where it is to end. */
  #patience: NodeJS.Timeout | undefined;

  /** @throws ThreadEntryMissingError, and where it is started at once, whatever Node finds wrong with the options */
  constructor(listener: ConnectionListener, options: WorkerOptions) {
    const { name, resourceLimits, env, execArgv, nice, concurrency, maxThreadMemory } = options;
    refuseSecondRun();
    refuseDeepNesting();
    refusePreload();
    const entry = threadEntry();
    if (resourceLimits !== undefined) warnOfOverriddenLimits(resourceLimits);
    if (nice > 0) startNodesOwnThreads();
    this.#listener = listener;
    const bells = outsideOfCalls(() => new MessageChannel());
    const values = outsideOfCalls(() => new MessageChannel());
    const workerData: ThreadData = {
      memory: this.#channel.memory,
      bell: bells.port2,
      values: values.port2,
      entryFiles: entryModuleFiles(),
      depth: nestingDepth() + 1,
      sourceMaps: honoursSourceMaps(),
      compileCache: compileCacheDirectory(),
      measuresMemory: maxThreadMemory !== Number.POSITIVE_INFINITY,
      nice,
      concurrency,
    };
    const workerOptions: NodeWorkerOptions = {
      name,
      workerData,
      argv: programArguments(),
      transferList: [bells.port2, values.port2],
      ...(resourceLimits === undefined ? {} : { resourceLimits }),
      ...(env === undefined ? {} : { env }),
      ...(execArgv === undefined ? {} : { execArgv: [...execArgv] }),
    };
    // A Worker takes options that are inherited, too.
    Object.setPrototypeOf(workerOptions, null);
    this.#bell = bells.port1;
    this.#threadsPorts = [bells.port2, values.port2];
    this.#slots = outsideOfCalls(
      () =>
        new JobSlots(
          this.#channel,
          values.port1,
          (slot, outcome, result, microseconds, beganAt, cpuMicroseconds) =>
            listener.completed(slot, outcome, result, microseconds, beganAt, cpuMicroseconds),
          () => this.#hearCalls(),
        ),
    );
    this.#bell.on('message', (message: BellMessage) => this.#hear(message));
    // The pool keeps the process while it has work; a thread as such does not.
    this.#bell.unref();
    this.#start = new Start('thread', (isLater) => {
      try {
        this.#startWorker(entry, workerOptions);
      } catch (error) {
        closeAll(this.#threadsPorts);
        if (!isLater) throw error;
        this.#crash = { error };
        this.#ended(NEVER_STARTED, true);
      }
    });
  }

  #startWorker(entry: URL, options: NodeWorkerOptions): void {
    const worker = outsideOfCalls(() => makeWorker(entry, options));
    this.#worker = worker;
    worker.on('error', (error: unknown) => {
      this.#crash = { error };
    });
    worker.on('exit', (exitCode) => this.#ended(exitCode, !this.#isReady && isShortage(this.#crash?.error)));
    worker.unref();
  }

  submit(job: OutgoingJob): number {
    const slot = this.#slots.submit(job);
    if (slot === NOT_NOW) return slot;
    if (this.#channel.threadBell.ring() === 'message') tell(this.#bell, 'ring');
    return slot;
  }

  get hasMoved(): boolean {
    return this.#slots.hasMoved;
  }

  withdraw(slot: number): boolean {
    return this.#slots.withdraw(slot);
  }

  cancel(slot: number): void {
    if (this.#slots.cancel(slot)) this.#tellOfMark();
  }

  leave(slot: number): void {
    if (this.#slots.leave(slot)) this.#tellOfMark();
  }

  /** The mark is for a job that computes; one that waits in the thread's event loop has to be told. */
  #tellOfMark(): void {
    tell(this.#bell, 'cancelled');
    // It may wait for an answer.
    this.#channel.calls.wake();
  }

  itemsWereTaken(items: MoreItems): void {
    tell(this.#bell, items);
  }

  askWhenFree(ask: number): void {
    tell(this.#bell, ask);
  }

  get heardAt(): number | undefined {
    return this.#slots.heardAt;
  }

  get memory(): number {
    return this.#channel.threadMemory;
  }

  takePassed(): readonly Function[] {
    return this.#slots.takePassed();
  }

  answer(answer: CallAnswer, transfer: readonly Transferable[]): void {
    // It may be too deep to be read there, where it is to be known all the same for which call it came.
    if (typeof answer.payload.value === 'object') this.#answers?.postMessage(answer.id);
    this.#answers?.postMessage(answer, transfer);
    this.#channel.calls.wake();
  }

  progressOf(slot: number): Progress {
    return this.#slots.progressOf(slot);
  }

  runTimeOf(slot: number): number {
    return this.#slots.runTimeOf(slot);
  }

  whereIs(tell: TellWhereabouts): () => void {
    let isWanted = true;
    const isAsked = whereIs(this.#worker?.threadId ?? NO_THREAD, (frames) => {
      this.#asked--;
      if (this.#isEnding) this.#terminate();
      if (isWanted) tell(frames);
    });
    if (isAsked) this.#asked++;
    return () => {
      isWanted = false;
    };
  }

  end(): void {
    this.#isEnding = true;
    if (this.#asked === 0) return this.#terminate();
    this.#patience ??= setTimeout(() => this.#terminate(), LONGEST_ANSWER_MS).unref();
    return undefined;
  }

  #terminate(): void {
    if (this.#worker !== undefined) void this.#worker.terminate();
    else this.#giveUpStart();
  }

  /** It is as if it had been started and ended. */
  #giveUpStart(): void {
    if (this.#isGivenUp) return;
    this.#isGivenUp = true;
    this.#start.end();
    closeAll(this.#threadsPorts);
    setImmediate(() => this.#ended(TERMINATED));
  }

  #started(): void {
    this.#isReady = true;
    this.#start.end();
    this.#listener.started();
  }

  #hear(message: BellMessage): void {
    if (message === 'ring') this.#slots.look();
    else this.#heed(message);
  }

  /** Takes calls that have been made and wait behind other messages. A ring among them has been heeded by now. */
  #hearCalls(): void {
    // The thread counts in 32 bits.
    while ((this.#callsHeard | 0) !== this.#channel.calls.made) {
      const next = receiveMessageOnPort(this.#bell);
      if (next === undefined) return;
      this.#heed(next.message as BellMessage);
    }
  }

  #heed(message: BellMessage): void {
    if (message === 'ready') this.#started();
    else if (typeof message === 'number') this.#listener.free(message);
    else if (typeof message !== 'string') this.#hearCall(message as ThreadCall);
  }

  #hearCall(call: ThreadCall): void {
    this.#callsHeard++;
    this.#answers ??= call.answers;
    this.#listener.called(call);
  }

  #ended(exitCode: number, neverStarted = false): void {
    this.#start.end();
    // It would keep all of this, and with it the memory that was shared.
    clearTimeout(this.#patience);
    // The thread may have answered before it ended.
    this.#slots.close();
    this.#slots.deliver();
    this.#bell.close();
    this.#listener.ended({ exitCode, crash: this.#crash, neverStarted });
    this.#channel = closeChannel(this.#channel);
    this.#slots.leaveTo(this.#channel);
  }
}

function closeAll(ports: readonly MessagePort[]): void {
  for (const port of ports) port.close();
}
