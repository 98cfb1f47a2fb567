interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** Where a debugger has stopped a program; the line counts from 1. */
export interface Pause {
  readonly url: string;
  readonly line: number;
}

/** One session of the inspector's protocol, with a program or with a thread of it. */
abstract class Session {
  readonly #answers = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  readonly #events: Message[] = [];
  readonly #scripts = new Map<string, string>();
  readonly #waiting: { readonly method: string; resolve(params: Record<string, unknown>): void }[] = [];
  #lastId = 0;

  protected abstract send(message: string): void;

  ask<Result>(method: string, params: object = {}): Promise<Result> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#answers.set(id, { resolve: resolve as (result: unknown) => void, reject });
      this.send(JSON.stringify({ id, method, params }));
    });
  }

  /** The next event of this kind that nobody has had; it may have come already. */
  event(method: string): Promise<Record<string, unknown>> {
    const index = this.#events.findIndex((event) => event.method === method);
    if (index >= 0) return Promise.resolve(this.#events.splice(index, 1)[0]?.params ?? {});
    return new Promise((resolve) => this.#waiting.push({ method, resolve }));
  }

  /** Stops the program where it comes to this line, counted from 1. */
  async breakAt(url: string, line: number): Promise<void> {
    await this.ask('Debugger.setBreakpointByUrl', { url, lineNumber: line - 1 });
  }

  /** Settles when the program has stopped at a breakpoint. */
  async paused(): Promise<Pause> {
    const { callFrames } = (await this.event('Debugger.paused')) as {
      callFrames: [{ location: { scriptId: string; lineNumber: number } }];
    };
    const { scriptId, lineNumber } = callFrames[0].location;
    return { url: this.#scripts.get(scriptId) ?? '', line: lineNumber + 1 };
  }

  async resume(): Promise<void> {
    await this.ask('Debugger.resume');
  }

  received(text: string): void {
    const message = JSON.parse(text) as Message;
    if (message.method === 'Debugger.scriptParsed') {
      const { scriptId, url } = message.params as { scriptId: string; url: string };
      this.#scripts.set(scriptId, url);
    }
    if (message.id !== undefined) {
      const answer = this.#answers.get(message.id);
      this.#answers.delete(message.id);
      if (message.error === undefined) answer?.resolve(message.result);
      else answer?.reject(new Error(message.error.message));
      return;
    }
    const index = this.#waiting.findIndex(({ method }) => method === message.method);
    if (index < 0) this.#events.push(message);
    else this.#waiting.splice(index, 1)[0]?.resolve(message.params ?? {});
  }
}

/** A debugger, as users attach one to a program that listens with `--inspect`. */
export class DebuggerClient extends Session {
  readonly #socket: WebSocket;
  readonly #threads = new Map<string, ThreadSession>();

  private constructor(socket: WebSocket) {
    super();
    this.#socket = socket;
    socket.addEventListener('message', ({ data }: { data: unknown }) => this.#route(String(data)));
  }

  static async attach(url: string): Promise<DebuggerClient> {
    const socket = new WebSocket(url);
    const client = new DebuggerClient(socket);
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', () => reject(new Error(`There is no debugger at ${url}.`)));
    });
    return client;
  }

  /** The next thread that the program starts; it waits for {@link ThreadSession.run}. */
  async thread(): Promise<ThreadSession> {
    const { sessionId } = (await this.event('NodeWorker.attachedToWorker')) as { sessionId: string };
    const thread = new ThreadSession((message) => {
      void this.ask('NodeWorker.sendMessageToWorker', { sessionId, message });
    });
    this.#threads.set(sessionId, thread);
    return thread;
  }

  close(): void {
    this.#socket.close();
  }

  protected override send(message: string): void {
    this.#socket.send(message);
  }

  #route(text: string): void {
    const { method, params } = JSON.parse(text) as Message;
    if (method !== 'NodeWorker.receivedMessageFromWorker') return this.received(text);
    const { sessionId, message } = params as { sessionId: string; message: string };
    return this.#threads.get(sessionId)?.received(message);
  }
}

/** The session with one thread of the program. */
export class ThreadSession extends Session {
  readonly #send: (message: string) => void;

  constructor(send: (message: string) => void) {
    super();
    this.#send = send;
  }

  /** Lets the thread begin: it waits for leave, and then stops once more at its first line. */
  async run(): Promise<void> {
    await this.ask('Runtime.runIfWaitingForDebugger');
    await this.paused();
    await this.resume();
  }

  protected override send(message: string): void {
    this.#send(message);
  }
}
