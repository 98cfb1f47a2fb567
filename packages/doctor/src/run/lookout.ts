import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { culpritOf, framesOf } from 'heddle/watchdog';
import { placeRecord } from './block-assessment.ts';
import type { RecorderSettings, StuckRecord } from './records.ts';

/** What the thread of the lookout is given. */
export interface LookoutData {
  readonly turns: Int32Array;
  readonly settings: RecorderSettings;
  /** The records' file of the process. */
  readonly file: string;
  /** An expression that gives what {@link stackNow} does, in the main thread. */
  readonly stackNow: string;
}

const KEY = Symbol.for('heddle.doctor.stackNow');

/**
 * Another thread that writes down that the loop does not turn, while it does not turn: what never ends is never seen
 * by the loop's own thread.
 */
export class Lookout {
  readonly #turns = new Int32Array(new SharedArrayBuffer(4));
  readonly #worker: Worker;

  constructor(settings: RecorderSettings) {
    Object.defineProperty(globalThis, KEY, { value: stackNow, configurable: true });
    const data: LookoutData = {
      turns: this.#turns,
      settings,
      file: path.join(settings.folder, `${process.pid}.ndjson`),
      stackNow: `globalThis[Symbol.for(${JSON.stringify(KEY.description)})]()`,
    };
    const thread = path.join(__dirname, 'lookout-thread.cjs');
    // Of the program's options and environment it needs none: loaders and preloads would run there as well.
    this.#worker = new Worker(thread, {
      workerData: data,
      execArgv: [],
      env: {},
      // Node would open the program's own streams for it.
      stdout: true,
      stderr: true,
    });
    this.#worker.on('error', () => {});
    this.#worker.unref();
  }

  turned(): void {
    Atomics.add(this.#turns, 0, 1);
  }

  stop(): void {
    Reflect.deleteProperty(globalThis, KEY);
    void this.#worker.terminate();
  }
}

/** Where the main thread is: called while it is somewhere else. */
function stackNow(): string {
  const all = framesOf(plainStack());
  // The first ones are this function and the expression that called it.
  const frames = all.slice(all.findIndex(({ script }) => script === '') + 1);
  const culprit = culpritOf(frames);
  const found: Pick<StuckRecord, 'place' | 'stack'> = { place: culprit && placeRecord(culprit), stack: frames };
  return JSON.stringify(found);
}

/** What the program has put in the place of V8's own way to write stacks need not give a text. */
function plainStack(): string {
  const wanted = { stackTraceLimit: 60, prepareStackTrace: undefined };
  const kept = Object.keys(wanted).map((name) => [name, Object.getOwnPropertyDescriptor(Error, name)] as const);
  Object.assign(Error, wanted);
  try {
    return new Error('here').stack ?? '';
  } finally {
    for (const [name, descriptor] of kept) {
      if (descriptor === undefined) Reflect.deleteProperty(Error, name);
      else Reflect.defineProperty(Error, name, descriptor);
    }
  }
}
