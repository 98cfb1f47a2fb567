import { isThenable } from '../../defer/thenable.ts';
import type { JobMessage, OutcomeMessage } from '../wire/messages.ts';
import { pack, packThrown } from '../wire/pack.ts';
import { CodecError } from '../wire/codec-error.ts';
import { UnclonableError } from '../wire/unclonable-error.ts';
import { unpack } from '../wire/unpack.ts';
import { loadCodecs } from './load-codecs.ts';
import { type FunctionSource, loadFunction } from './load.ts';

type Outcome = OutcomeMessage['outcome'];

/** The way back to the reactor's thread. */
export interface AnswerPort {
  postMessage(message: OutcomeMessage, transfer: readonly ArrayBuffer[]): void;
}

/** Runs the jobs that come in, and answers each of them exactly once. */
export class JobRunner {
  readonly #port: AnswerPort;
  readonly #stackOf: (error: Error) => string | undefined;
  readonly #functions = new Map<number, FunctionSource>();

  /** @param stackOf gives the part of an error's stack that is the job's own */
  constructor(port: AnswerPort, stackOf: (error: Error) => string | undefined) {
    this.#port = port;
    this.#stackOf = stackOf;
  }

  receive(message: JobMessage): void {
    const known = this.#functions.get(message.functionId);
    if (known === undefined) this.#load(message);
    else this.#run(message, known);
  }

  /** A message that structured clone could not read has no number; there is at most one job at a time. */
  cannotRead(error: unknown): void {
    const reason = new UnclonableError('The arguments could not be read in the thread.', { cause: error });
    this.#answer({ job: 0, outcome: 'unreadable', ...packThrown(reason) });
  }

  #load(message: JobMessage): void {
    const { reference } = message;
    if (reference === undefined) throw new Error(`A job names function ${message.functionId}, which was never sent.`);
    const keep = (loaded: FunctionSource): void => {
      this.#functions.set(message.functionId, loaded);
      this.#run(message, loaded);
    };
    const fail = (error: unknown): void => this.#fail(message.job, 'unloadable', error);
    try {
      const loaded = loadFunction(reference);
      if (loaded instanceof Promise) loaded.then(keep, fail);
      else keep(loaded);
    } catch (error) {
      fail(error);
    }
  }

  #run(message: JobMessage, source: FunctionSource): void {
    const loading = loadCodecs(message.args, message.captured);
    if (loading === undefined) return this.#call(message, source);
    loading.then(
      () => this.#call(message, source),
      (error: unknown) => this.#fail(message.job, 'thrown', error),
    );
  }

  #call({ job, args, captured }: JobMessage, source: FunctionSource): void {
    let result: unknown;
    try {
      const { f, receiver } = source(captured === undefined ? [] : (unpack(captured) as unknown[]));
      result = Reflect.apply(f, receiver, unpack(args) as unknown[]);
      if (isThenable(result)) {
        // The promise may be of any make: only a native one can be trusted to settle once, and later.
        Promise.resolve(result).then(
          (value) => this.#succeed(job, value),
          (error: unknown) => this.#fail(job, 'thrown', error),
        );
        return;
      }
    } catch (error) {
      this.#fail(job, 'thrown', error);
      return;
    }
    this.#succeed(job, result);
  }

  #succeed(job: number, value: unknown): void {
    try {
      this.#answer({ job, outcome: 'value', ...pack(value, 'result') });
    } catch (error) {
      this.#fail(
        job,
        'thrown',
        error instanceof UnclonableError || error instanceof CodecError ? error : unsendable(error),
      );
    }
  }

  #fail(job: number, outcome: Outcome, error: unknown): void {
    try {
      this.#answer({ job, outcome, ...packThrown(error, this.#stackOf) });
    } catch (unsent) {
      this.#answer({ job, outcome, ...packThrown(unsendable(unsent)) });
    }
  }

  #answer({ job, outcome, payload, transfer }: Omit<OutcomeMessage, 'payload'> & ReturnType<typeof pack>): void {
    this.#port.postMessage({ job, outcome, payload }, transfer);
  }
}

/** Structured clone itself found something that looking at the prototypes does not show, such as a throwing getter. */
function unsendable(error: unknown): UnclonableError {
  const reason = error instanceof Error ? error.message : String(error);
  return new UnclonableError(`The result cannot be sent to the caller's thread: ${reason}`);
}
