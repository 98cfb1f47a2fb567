import assert from 'node:assert/strict';
import { type IncomingMessage, request } from 'node:http';
import type { TestContext } from 'node:test';
import { type Dashboard, type DashboardOptions, serveDashboard } from '@heddle/doctor';
import { MemoryReactor } from 'heddle/testing';

/** A dashboard for one test, on a free port, which watches nothing unless that is asked for. */
export async function dashboardFor(t: TestContext, options: DashboardOptions = {}): Promise<Dashboard> {
  const dashboard = await serveDashboard(new MemoryReactor(), { threshold: Number.POSITIVE_INFINITY, ...options });
  t.after(() => dashboard.stop());
  return dashboard;
}

/** What a dashboard answers. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Asks a dashboard for something, under any name and with any header: `fetch` would not send them all. */
export function ask(
  { url }: { readonly url: string },
  path: string,
  { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, url), { method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

export function withToken(token: string): { headers: Record<string, string> } {
  return { headers: { authorization: `Bearer ${token}` } };
}

/** Somebody who looks: what comes by server-sent events. */
export class Viewer {
  /** Everything that has come. */
  text = '';
  readonly #response: IncomingMessage;
  #read = 0;
  #wake: () => void = () => {};

  static open(t: TestContext, { url }: { readonly url: string }, token?: string): Promise<Viewer> {
    return new Promise((resolve, reject) => {
      const options = { agent: false, ...(token === undefined ? {} : withToken(token)) };
      const sent = request(new URL('api/events', url), options, (response) => {
        if (response.statusCode === 200) resolve(new Viewer(response));
        else reject(new Error(`The answer was ${response.statusCode}`));
      });
      t.after(() => sent.destroy());
      sent.on('error', reject);
      sent.end();
    });
  }

  constructor(response: IncomingMessage) {
    this.#response = response;
    response.setEncoding('utf8').on('data', (chunk: string) => {
      this.text += chunk;
      this.#wake();
    });
    response.on('close', () => this.#wake());
    response.on('error', () => this.#wake());
  }

  get hasEnded(): boolean {
    return this.#response.destroyed || this.#response.readableEnded;
  }

  leave(): void {
    this.#response.destroy();
  }

  /** The next event of a kind that has not been asked for yet. */
  async next<T>(kind: string): Promise<T> {
    for (;;) {
      const end = this.text.indexOf('\n\n', this.#read);
      if (end >= 0) {
        const block = this.text.slice(this.#read, end);
        this.#read = end + 2;
        const [, event, data = ''] = /^event: (\w+)\ndata: (.*)$/s.exec(block) ?? [];
        assert.ok(event, block);
        if (event === kind) return JSON.parse(data) as T;
      } else {
        assert.ok(!this.hasEnded, 'The stream has ended.');
        await this.#more();
      }
    }
  }

  async ended(): Promise<void> {
    while (!this.hasEnded) await this.#more();
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
