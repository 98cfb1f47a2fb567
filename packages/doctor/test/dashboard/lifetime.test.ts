import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { serveDashboard } from '@heddle/doctor';
import { createReactor } from 'heddle/reactor';
import { HANGS_MS } from '../support/hangs.ts';
import { ask, Viewer } from './viewer.ts';

const limit = { timeout: HANGS_MS };

interface Program {
  readonly output: string;
  readonly code: number | null;
}

/** Runs a program to its end. @param folder where it finds its temporary folder */
async function run(source: string, folder: string): Promise<Program> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '', TMPDIR: folder },
    timeout: HANGS_MS,
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { output, code };
}

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

const begin = `
  import { serveDashboard } from '@heddle/doctor';
  import { reactor } from 'heddle';
  const dashboard = await serveDashboard(reactor);
`;

describe('how long a dashboard is there', { concurrency: true, ...limit }, () => {
  test('it does not keep the process, even while somebody looks', async (t) => {
    const { output, code } = await run(
      `${begin}
      import { once } from 'node:events';
      import { connect } from 'node:net';
      const { hostname, port, host } = new URL(dashboard.url);
      const viewer = connect({ host: hostname, port });
      viewer.write('GET /api/events HTTP/1.1\\r\\nhost: ' + host + '\\r\\n\\r\\n');
      const [bytes] = await once(viewer, 'data');
      // Its own side shall not keep the process either.
      viewer.unref();
      console.log(String(bytes).slice(0, 15));`,
      temporaryFolder(t),
    );
    assert.deepEqual([output, code], ['HTTP/1.1 200 OK\n', 0]);
  });

  test('one that is refused leaves nothing behind', async (t) => {
    const { output } = await run(
      `
      import { serveDashboard } from '@heddle/doctor';
      import { reactor } from 'heddle';
      import { hasSubscribers } from 'node:diagnostics_channel';
      import { readdirSync } from 'node:fs';
      const refused = [[reactor, { threshold: 0.5 }], [reactor, { threshold: 1e9 }], [undefined], [{ port: 9393 }]];
      for (const args of refused) {
        await serveDashboard(...args).catch(({ message }) => console.log(message));
        console.log(hasSubscribers('heddle:job:settled'), readdirSync(process.env.TMPDIR).length);
      }`,
      temporaryFolder(t),
    );
    const threshold =
      'The option threshold of a dashboard must be a number of milliseconds from 1 to 86400000, or Infinity';
    const reactor = 'A dashboard ends with a reactor, which serveDashboard is given first';
    const messages = [
      `${threshold}, not 0.5.`,
      `${threshold}, not 1000000000.`,
      `${reactor}, not with undefined.`,
      `${reactor}, not with { port: 9393 }.`,
    ];
    assert.equal(output, messages.map((message) => `${message}\nfalse 0\n`).join(''));
  });

  test('it ends with the shutdown of its reactor', async (t) => {
    const reactor = createReactor();
    const running = reactor.run({ installSignalHandlers: false });
    const dashboard = await serveDashboard(reactor);
    const viewer = await Viewer.open(t, dashboard);
    await viewer.next('hello');
    reactor.stop();
    await running;
    await viewer.ended();
    await assert.rejects(ask(dashboard, '/'), /ECONNREFUSED/);
  });

  test('one sees what a shutdown waits for', async (t) => {
    const reactor = createReactor();
    const running = reactor.run({ installSignalHandlers: false });
    const dashboard = await serveDashboard(reactor);
    let goOn: () => void = () => {};
    reactor.addSystemEventTrigger('before', 'shutdown', () => new Promise<void>((resolve) => (goOn = resolve)));
    reactor.stop();
    const viewer = await Viewer.open(t, dashboard);
    await viewer.next('sample');
    goOn();
    await running;
    await viewer.ended();
  });

  test('where it is, this user alone can read in a file, until it ends', async (t) => {
    const folder = temporaryFolder(t);
    const { output } = await run(
      `${begin}
      import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
      import path from 'node:path';
      const [name] = readdirSync(process.env.TMPDIR);
      const folder = path.join(process.env.TMPDIR, name);
      const file = path.join(folder, process.pid + '.json');
      const mode = (of) => (statSync(of).mode & 0o777).toString(8);
      console.log(mode(folder), mode(file), readFileSync(file, 'utf8').includes(dashboard.url));
      await dashboard.stop();
      console.log(readdirSync(folder).length);
      writeFileSync(path.join(folder, '1073741824.json'), 'of one that was killed');
      await serveDashboard(reactor);
      console.log(readdirSync(folder).length);
      setImmediate(() => process.exit());`,
      folder,
    );
    assert.equal(output, '700 600 true\n0\n1\n');
    const [own = ''] = readdirSync(folder);
    assert.deepEqual(readdirSync(path.join(folder, own)), []);
  });
});
