import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { describe, type TestContext, test } from 'node:test';
import { repositoryRoot } from '../support/paths.ts';
import { notInThisNode } from '../support/skip.ts';

const limit = { timeout: 60_000 };

interface Server {
  readonly url: string;
  readonly process: ChildProcess;
  /** What it has printed after its address. */
  readonly lines: string[];
}

async function start(t: TestContext, folder: string, env: Record<string, string>): Promise<Server> {
  const program = path.join(repositoryRoot, 'examples', folder, 'main.ts');
  const server = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program], {
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => server.kill('SIGKILL'));
  const output = createInterface({ input: server.stdout });
  const [first] = (await once(output, 'line')) as [string];
  const lines: string[] = [];
  output.on('line', (line) => lines.push(line));
  const url = /^listening on (?<url>http:\S+)$/.exec(first)?.groups?.['url'];
  assert.ok(url, first);
  return { url, process: server, lines };
}

function hash(url: string, options: RequestInit = {}): Promise<Response> {
  return fetch(`${url}/passwords`, {
    method: 'POST',
    body: 'a password',
    headers: { 'content-type': 'text/plain' },
    ...options,
  });
}

/** Waits until the pool of the server says so. */
async function until(url: string, metric: RegExp): Promise<void> {
  for (;;) {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    if (metric.test(metrics)) return;
  }
}

const skip = notInThisNode('running TypeScript without a flag');

for (const folder of ['express', 'fastify', 'hono']) {
  describe(`the example for ${folder}`, { skip }, () => {
    test('answers quickly while passwords are hashed, and says at once when there are too many', limit, async (t) => {
      // A password takes half a second and more, so that what is quick comes before.
      const { url } = await start(t, folder, { BCRYPT_COST: '13' });
      const order: string[] = [];
      const hashes = [1, 2, 3, 4].map(async () => {
        const response = await hash(url);
        order.push('hash');
        return response;
      });
      await until(url, /heddle_threads\{pool="passwords",state="busy"\} 2/);
      assert.equal(await (await fetch(`${url}/ping`)).text(), 'pong');
      order.push('ping');
      await until(url, /heddle_backlog\{pool="passwords"\} 2/);
      const refused = await hash(url);
      order.push('refused');
      assert.equal(refused.status, 503);
      assert.equal(refused.headers.get('retry-after'), '1');
      for (const response of await Promise.all(hashes)) {
        assert.equal(response.status, 201);
        assert.match(await response.text(), /^\$2b\$13\$/);
      }
      assert.deepEqual(order, ['ping', 'refused', 'hash', 'hash', 'hash', 'hash']);
    });

    test('gives up the work of a client that has gone', limit, async (t) => {
      const { url } = await start(t, folder, { BCRYPT_COST: '20' });
      const controller = new AbortController();
      const given = hash(url, { signal: controller.signal });
      await until(url, /heddle_threads\{[^}]*state="busy"[^}]*\} 1/);
      controller.abort();
      await assert.rejects(given);
      await until(url, /outcome="cancelled"[^}]*\} 1/);
    });

    test('answers with 504 what takes too long', limit, async (t) => {
      const { url } = await start(t, folder, { BCRYPT_COST: '20', PASSWORD_TIMEOUT: '50' });
      assert.equal((await hash(url)).status, 504);
    });

    test('is told to stop, answers what is under way, and ends', limit, async (t) => {
      const { url, process: server, lines } = await start(t, folder, { BCRYPT_COST: '12' });
      const given = hash(url, { headers: { 'content-type': 'text/plain', connection: 'close' } });
      await until(url, /heddle_threads\{[^}]*state="busy"[^}]*\} 1/);
      server.kill('SIGTERM');
      assert.equal((await given).status, 201);
      const [code] = (await once(server, 'exit')) as [number | null];
      assert.equal(code, 0);
      assert.deepEqual(lines, ['stopped']);
    });
  });
}
