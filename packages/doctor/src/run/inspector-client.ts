import { request } from 'node:http';
import WebSocket from 'ws';

interface Answer {
  readonly id?: number;
  readonly result?: { result?: { value?: unknown; description?: string }; exceptionDetails?: { text: string } };
  readonly error?: { message: string };
}

/** A connection to the inspector of another process, for as long as something is to be asked. */
export class InspectorClient {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>();
  #count = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => {
      const answer = JSON.parse(String(data)) as Answer;
      if (answer.id === undefined) return;
      this.#waiting.get(answer.id)?.resolve(answer);
      this.#waiting.delete(answer.id);
    });
    const lost = (): void => {
      for (const { reject } of this.#waiting.values()) reject(new Error('The process has ended the connection.'));
      this.#waiting.clear();
    };
    socket.on('error', lost);
    socket.on('close', lost);
  }

  /** Connects to what listens there; `undefined` where nothing does, or something else. */
  static async connect(port: number): Promise<InspectorClient | undefined> {
    const url = await targetUrl(port);
    if (url === undefined) return undefined;
    const socket = new WebSocket(url, { perMessageDeflate: false });
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return new InspectorClient(socket);
  }

  /** The value of an expression in the process; promises are waited for. */
  async evaluate(expression: string): Promise<unknown> {
    this.#count += 1;
    const id = this.#count;
    const { error, result } = await new Promise<Answer>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      const params = { expression, returnByValue: true, awaitPromise: true };
      this.#socket.send(JSON.stringify({ id, method: 'Runtime.evaluate', params }));
    });
    if (error !== undefined) throw new Error(error.message);
    if (result?.exceptionDetails !== undefined) {
      throw new Error(result.result?.description?.split('\n')[0] ?? result.exceptionDetails.text);
    }
    return result?.result?.value;
  }

  /** Settles when the process ends, or closes its inspector. */
  closed(): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return Promise.resolve();
    return new Promise((resolve) => this.#socket.once('close', () => resolve()));
  }

  /** Ends the connection without an answer from the process: what waits for one fails. */
  hangUp(): void {
    this.#socket.terminate();
  }

  async close(): Promise<void> {
    const closed = this.closed();
    this.#socket.close();
    await closed;
  }
}

/** What is listening on a port: an inspector, something else, or nothing. */
export function portState(port: number): Promise<'inspector' | 'other' | 'free'> {
  return ask(port).then((answer) => (answer === 'free' || answer === 'other' ? answer : 'inspector'));
}

async function targetUrl(port: number): Promise<string | undefined> {
  const answer = await ask(port);
  return typeof answer === 'string' ? undefined : answer[0]?.webSocketDebuggerUrl;
}

function ask(port: number): Promise<'free' | 'other' | { webSocketDebuggerUrl?: string }[]> {
  return new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, path: '/json/list', timeout: 2000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => {
        try {
          const targets = JSON.parse(text) as unknown;
          resolve(Array.isArray(targets) ? targets : 'other');
        } catch {
          resolve('other');
        }
      });
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'ECONNREFUSED' ? 'free' : 'other'));
    asked.end();
  });
}
