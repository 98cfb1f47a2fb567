import { createRequire } from 'node:module';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Way } from './evidence.ts';
import { Measure } from './measure.ts';
import type { Order, Report } from './messages.ts';

/** Judges of this thread so far: each has a name of its own for what its observer calls. */
let judges = 0;

/** How long the end of the program may wait for the inspector's session to end, in milliseconds. */
const CLOSE_MS = 1_000;

type Inspect = typeof import('heddle/inspect');
type Arm = Extract<Order, { kind: 'arm' }>;

/** The thread from which the program is watched, started when it is needed first. */
export class ObserverThread {
  readonly #onReport: (report: Report) => void;
  readonly #closed = new Int32Array(new SharedArrayBuffer(4));
  readonly #name = `heddle.doctor.measure.${++judges}`;
  readonly #onExit = (): void => this.#close();
  #started: Promise<Inspect> | undefined;
  #worker: Worker | undefined;
  #measure: Measure | undefined;
  #isStopped = false;

  constructor(onReport: (report: Report) => void) {
    this.#onReport = onReport;
  }

  /** @param refused gets a sentence where no thread or no inspector is to be had */
  arm(order: Arm, refused: (why: string) => void): void {
    this.#started ??= this.#start();
    this.#started.then(
      () => this.#tell(order),
      (error: unknown) => refused(`The program cannot be watched: ${String(error)}`),
    );
  }

  /** The function of a watched call, once. */
  functionOf(id: number): Function | undefined {
    return this.#measure?.functionOf(id);
  }

  /** How a thread would get a function. */
  async wayOf(f: Function): Promise<Way> {
    const { wayIntoThread } = await (this.#started as Promise<Inspect>);
    const from = Date.now();
    try {
      return { kind: 'open', ...(await wayIntoThread(f)) };
    } catch (error) {
      const { code, message } = error as { readonly code?: string; readonly message: string };
      return { kind: 'refused', code: code ?? '', message };
    } finally {
      this.#onReport({ kind: 'held', from, to: Date.now() });
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#close();
  }

  async #start(): Promise<Inspect> {
    const from = Date.now();
    const inspect = await import('heddle/inspect');
    this.#onReport({ kind: 'held', from, to: Date.now() });
    if (this.#isStopped) return inspect;
    this.#measure = new Measure(inspect.measureCopy);
    Object.defineProperty(globalThis, Symbol.for(this.#name), { value: this.#measure, configurable: true });
    const root = path.dirname(createRequire(import.meta.url).resolve('@heddle/doctor/package.json'));
    // Neither flags nor environment of the program: they might load a program's own code into the thread, or this one.
    const worker = new Worker(path.join(root, 'dist/judge/observer.mjs'), {
      execArgv: [],
      env: {},
      // Node would open the program's own streams for it.
      stdout: true,
      stderr: true,
      workerData: { closed: this.#closed, measure: this.#name },
      name: 'heddle-doctor',
    });
    worker.on('message', (report: Report) => {
      if (report.kind === 'began') this.#tell({ kind: 'turned', id: report.id });
      else this.#onReport(report);
    });
    worker.on('error', () => this.#forget());
    // Listeners have made it keep the program.
    worker.unref();
    this.#worker = worker;
    // Before those of the program, which may take long.
    process.prependListener('exit', this.#onExit);
    return inspect;
  }

  /** Ends the session before anything else ends: with an open one, Node would wait for a debugger at the end. */
  #close(): void {
    if (this.#worker === undefined) return;
    this.#tell({ kind: 'stop' });
    this.#forget();
    Atomics.wait(this.#closed, 0, 0, CLOSE_MS);
  }

  #tell(order: Order): void {
    this.#worker?.postMessage(order);
  }

  #forget(): void {
    this.#worker = undefined;
    this.#measure?.standIns.removeAll();
    this.#measure = undefined;
    process.off('exit', this.#onExit);
    Reflect.deleteProperty(globalThis, Symbol.for(this.#name));
  }
}
