import { Session } from 'node:inspector';
import type { Debugger, Runtime } from 'node:inspector';
import { pathOf } from '../../run/script-path.ts';

/** A script that V8 has compiled. */
export interface Script {
  readonly scriptId: string;
  readonly url: string;
}

/** What stands in an expression's place where it has a value: how to hand it on. */
export type Handle = Runtime.CallArgument;

const GROUP = 'heddle.judge';

/**
 * The observer's session with the program's thread. The Debugger domain is on between {@link open} and {@link close}
 * alone: awaits of the program take about ten times as long meanwhile.
 */
export class ProgramDebugger {
  readonly #onPaused: (event: Debugger.PausedEventDataType) => void;
  readonly #scripts = new Map<string, Script>();
  readonly #byPath = new Map<string, Script>();
  #session: Session | undefined;
  readonly #measureName: string;
  #measure: string | undefined;

  constructor(measureName: string, onPaused: (event: Debugger.PausedEventDataType) => void) {
    this.#measureName = measureName;
    this.#onPaused = onPaused;
  }

  async open(): Promise<void> {
    if (this.#session !== undefined) return;
    const session = new Session();
    session.connectToMainThread();
    this.#session = session;
    session.on('Debugger.scriptParsed', ({ params }) => {
      this.#scripts.set(params.url, params);
      this.#byPath.set(pathOf(params.url), params);
    });
    session.on('Debugger.paused', ({ params }) => this.#onPaused(params));
    await this.post('Debugger.enable');
    const { result } = await this.post<Runtime.EvaluateReturnType>('Runtime.evaluate', {
      expression: `globalThis[Symbol.for(${JSON.stringify(this.#measureName)})]`,
    });
    this.#measure = result.objectId;
  }

  /** Ends the session with all of its breakpoints; the program goes on if it stood still. */
  close(): void {
    this.#session?.disconnect();
    this.#session = undefined;
    this.#measure = undefined;
    this.#scripts.clear();
    this.#byPath.clear();
  }

  /** @throws what the inspector answers, or that the session is over */
  post<Result = object>(method: string, params: object = {}): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.#session === undefined) throw new Error('The session is over.');
      this.#session.post(method, params, (error: Error | null, result?: object) => {
        if (error === null) resolve(result as Result);
        else reject(new Error(error.message));
      });
    });
  }

  /** The script of a file or a URL, as frames name it. */
  script(name: string): Script | undefined {
    return this.#scripts.get(name) ?? this.#byPath.get(pathOf(name));
  }

  async sourceOf({ scriptId }: Script): Promise<string> {
    const { scriptSource } = await this.post<Debugger.GetScriptSourceReturnType>('Debugger.getScriptSource', {
      scriptId,
    });
    return scriptSource;
  }

  /** What an expression gives in a frame; undefined where it throws, or would change anything. */
  async read(frame: Debugger.CallFrame, expression: string): Promise<Handle | undefined> {
    const { result, exceptionDetails } = await this.post<Debugger.EvaluateOnCallFrameReturnType>(
      'Debugger.evaluateOnCallFrame',
      { callFrameId: frame.callFrameId, expression, objectGroup: GROUP, silent: true, throwOnSideEffect: true },
    ).catch(() => ({ result: {}, exceptionDetails: {} }) as unknown as Debugger.EvaluateOnCallFrameReturnType);
    return exceptionDetails === undefined ? handleOf(result) : undefined;
  }

  /** Calls a function in the program's thread, with `Measure` as `this`; what it gives is plain data. */
  async measure<Result>(text: string, ...args: readonly Handle[]): Promise<Result> {
    const { result, exceptionDetails } = await this.post<Runtime.CallFunctionOnReturnType>('Runtime.callFunctionOn', {
      functionDeclaration: text,
      objectId: this.#measure,
      arguments: args,
      returnByValue: true,
      silent: true,
    });
    if (exceptionDetails !== undefined)
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value as Result;
  }

  /** The same for a value that stays in the program's thread. */
  async handle(text: string, ...args: readonly Handle[]): Promise<Handle | undefined> {
    const { result, exceptionDetails } = await this.post<Runtime.CallFunctionOnReturnType>('Runtime.callFunctionOn', {
      functionDeclaration: text,
      objectId: this.#measure,
      arguments: args,
      objectGroup: GROUP,
      silent: true,
    });
    return exceptionDetails === undefined ? handleOf(result) : undefined;
  }

  /** Lets go of the values that were looked at. */
  async release(): Promise<void> {
    await this.post('Runtime.releaseObjectGroup', { objectGroup: GROUP });
  }
}

/** How a value is handed to a call. */
export function handleOf({ objectId, unserializableValue, value }: Runtime.RemoteObject): Handle {
  if (objectId !== undefined) return { objectId };
  // `unserializableValue` stands for NaN, -0 and bigints.
  if (unserializableValue !== undefined) return { unserializableValue } as Handle;
  return value === undefined ? {} : { value };
}
