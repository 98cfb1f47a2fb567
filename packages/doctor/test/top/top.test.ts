import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import type { Dashboard, DashboardOptions } from '@heddle/doctor';
import { CancelledError } from 'heddle/defer';
import { PoolStoppedError, ThreadPool } from 'heddle/threads';
import { dashboardFor } from '../dashboard/viewer.ts';
import { HANGS_MS } from '../support/hangs.ts';
import { add, Gate, waitForGate } from '../support/jobs.ts';
import { noTmux, temporaryFolder, Terminal } from './terminal.ts';

const ESCAPE = '\x1b';
const limit = { timeout: HANGS_MS };
const cli = path.join(import.meta.dirname, '../../../dist/cli.mjs');

/** A program with a call that runs and two that wait. */
async function busyProgram(
  t: TestContext,
  options: DashboardOptions = {},
): Promise<{ dashboard: Dashboard; pool: ThreadPool }> {
  const pool = new ThreadPool({ name: 'looms', max: 1 });
  t.after(() => pool.stop({ deadline: 0 }));
  const gate = new Gate();
  const calls = [pool.defer(waitForGate, gate.shared), pool.defer(add, 1, 2), pool.defer(Math.max, 1, 2)];
  for (const call of calls) call.addErrback((failure) => failure.trap(CancelledError, PoolStoppedError));
  await gate.reached();
  return { dashboard: await dashboardFor(t, { name: 'weaving.js', pools: () => [pool], ...options }), pool };
}

/** What tells the same to everybody who looks. @returns its address */
async function serveEvents(t: TestContext, events: Readonly<Record<string, unknown>>): Promise<string> {
  const texts = Object.entries(events).map(([event, data]) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  return serve(t, 'text/event-stream; charset=utf-8', (response) => response.write(texts.join('')));
}

/** What answers with a page of its own, whatever it is asked, as servers of single-page applications do. */
function pageOfAnother(t: TestContext): Promise<string> {
  return serve(t, 'text/html', (response) => response.end('<!doctype html>\n\n<p>Another page.\n\n'));
}

async function serve(t: TestContext, type: string, answer: (response: ServerResponse) => void): Promise<string> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', type);
    answer(response);
  });
  t.after(() => server.close().closeAllConnections());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function command(...args: readonly string[]): string {
  return [process.execPath, cli, 'top', ...args].map((arg) => `'${arg}'`).join(' ');
}

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

async function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const child = spawn(process.execPath, [cli, 'top', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    timeout: HANGS_MS,
  });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => (output[stream] += text));
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { ...output, code };
}

describe('top in a terminal', { concurrency: true, skip: noTmux, ...limit }, () => {
  test('shows a program, goes with the size of the terminal, and leaves it as it was', async (t) => {
    const { dashboard } = await busyProgram(t);
    const terminal = await Terminal.open(t);
    await terminal.enter('echo before');
    await terminal.until((lines) => lines.includes('before'));
    await terminal.enter(command(dashboard.url));
    const lines = await terminal.until((seen) => seen.some((line) => /waitForGate +looms-1 +running/.test(line)));
    assert.match(lines[0] ?? '', /^weaving\.js {2}process \d+, Node v.* +live$/);
    assert.match(lines[1] ?? '', /^Loop +median .* 9 of 10 .* longest .* busy /);
    assert.ok(lines.some((line) => /^Pool looms {2}1 of 1 thread busy, 2 waiting/.test(line)));
    assert.ok(lines.some((line) => /add +looms +waiting/.test(line)));
    assert.equal(lines.length, 30);
    assert.match(lines[29] ?? '', /read only/);
    assert.equal(await terminal.tell('cursor_flag'), '0');
    await terminal.resize(60, 16);
    // What the terminal itself has made of the larger screen stays until all is drawn again.
    const small = await terminal.until(
      (seen) =>
        seen.length === 16 &&
        /q: quit|read only/.test(seen[15] ?? '') &&
        seen.some((line) => /waitForGate +running/.test(line)),
    );
    assert.ok(small.every((line) => line.length <= 60));
    await terminal.press('C-z');
    const stopped = await terminal.until((seen) => seen.includes('prompt>'));
    assert.ok(!stopped.some((line) => line.startsWith('Loop')));
    await terminal.enter('fg');
    await terminal.until((seen) => seen[0]?.startsWith('weaving.js') === true);
    await terminal.press('q');
    const after = await terminal.until((seen) => seen.some((line) => line === 'prompt>'));
    assert.ok(after.includes('before'));
    assert.ok(!after.some((line) => line.startsWith('Loop')));
    assert.equal(await terminal.tell('cursor_flag'), '1');
    // What is typed is to be seen again.
    await terminal.enter('echo $((6 * 7))');
    const typed = await terminal.until((seen) => seen.includes('42'));
    assert.ok(typed.some((line) => line.endsWith('echo $((6 * 7))')));
  });

  test('goes on after Ctrl-Z where no shell could continue it', async (t) => {
    const { dashboard } = await busyProgram(t);
    const terminal = await Terminal.open(t);
    await terminal.enter(`exec ${command(dashboard.url)}`);
    await terminal.until((lines) => lines.some((line) => /waitForGate +looms-1 +running/.test(line)));
    await terminal.press('C-z');
    await terminal.until((lines) => lines[0]?.startsWith('weaving.js') === true);
    await terminal.press('Down');
    await terminal.until((lines) => lines.some((line) => /^> +\d+ waitForGate/.test(line)));
  });

  test('cancels the call that is chosen, when asked twice', async (t) => {
    const { dashboard, pool } = await busyProgram(t);
    const terminal = await Terminal.open(t);
    await terminal.enter(command(dashboard.loginUrl));
    await terminal.until((lines) => lines.some((line) => /waitForGate +looms-1 +running/.test(line)));
    await terminal.press('Down');
    await terminal.until((lines) => lines.some((line) => /^> +\d+ waitForGate/.test(line)));
    await terminal.press('Down');
    await terminal.until((lines) => lines.some((line) => /^> +\d+ add/.test(line)));
    await terminal.press('Up', 'Down', 'c');
    await terminal.until((lines) => /^Cancel add, call \d+ \(waiting\)\? +y: yes/.test(lines.at(-1) ?? ''));
    await terminal.press('n');
    await terminal.until((lines) => /q: quit/.test(lines.at(-1) ?? ''));
    assert.equal(pool.statistics().cancelled, 0);
    await terminal.press('c');
    await terminal.until((lines) => lines.at(-1)?.startsWith('Cancel add') === true);
    await terminal.press('y');
    await terminal.until((lines) => lines.at(-1) === 'add was cancelled.');
    assert.equal(pool.statistics().cancelled, 1);
    await terminal.until((lines) => !lines.some((line) => / add +looms/.test(line)));
    await terminal.press('C-c');
    await terminal.until((lines) => lines.some((line) => line === 'prompt>'));
  });

  test('a program that ends is waited for, and may come again', async (t) => {
    const { dashboard } = await busyProgram(t);
    const terminal = await Terminal.open(t);
    await terminal.enter(command(dashboard.url));
    await terminal.until((lines) => lines[0]?.endsWith('live') === true);
    await dashboard.stop();
    await terminal.until((lines) => /lost, trying again/.test(lines[0] ?? ''));
    await dashboardFor(t, { name: 'again.js', port: Number(new URL(dashboard.url).port), pools: () => [] });
    await terminal.until((lines) => /^again\.js .*live$/.test(lines[0] ?? ''));
  });

  test('a signal from outside leaves the terminal as it was, too', async (t) => {
    const { dashboard } = await busyProgram(t);
    const terminal = await Terminal.open(t);
    const file = path.join(temporaryFolder(t), 'pid');
    await terminal.enter(
      `sh -c 'echo $$ >${file}; exec ${command(dashboard.url).replaceAll("'", '"')}'; echo "code $?"`,
    );
    await terminal.until((lines) => lines[0]?.endsWith('live') === true);
    process.kill(Number(readFileSync(file, 'utf8')), 'SIGTERM');
    await terminal.until((lines) => lines.some((line) => line === 'code 143'));
    assert.equal(await terminal.tell('cursor_flag'), '1');
  });

  test('cuts names where there is little room, and no times', async (t) => {
    const time = 754_000;
    const text = 'a function with a long name, called in a file with a long name:123';
    const place = { key: 'a', text, kind: 'code', count: 1234, total: time, longest: time, last: 0, stack: [] };
    const program = { name: 'long.js', pid: 1, node: 'v24.0.0', started: 0 };
    const call = { id: 1, functionName: 'f'.repeat(100), pool: 'looms', state: 'running', age: time, runTime: time };
    const pool = { name: 'looms', max: 1, busy: 1, backlog: 0, completed: 0, failed: 0, cancelled: 0, refused: 0 };
    const loop = { at: 0, median: 0, p90: 0, longest: 0, utilization: 0 };
    const url = await serveEvents(t, {
      hello: { program, history: [], blocks: [], places: [place], mayCancel: false },
      sample: { at: 0, loop, pools: [{ ...pool, calls: [call] }], functions: [], slowest: [] },
    });
    const terminal = await Terminal.open(t, { columns: 80, rows: 24 });
    await terminal.enter(command(url));
    const lines = await terminal.until((seen) => seen.some((line) => /^ +1 f+… looms +running/.test(line)));
    assert.ok(
      lines.some((line) => /running +12 min 34 s$/.test(line)),
      lines.join('\n'),
    );
    assert.ok(
      lines.some((line) => /^ {2}a function .*… +1,234× 12 min 34 s in all, longest 12 min 34 s$/.test(line)),
      lines.join('\n'),
    );
  });

  test('has no colours where NO_COLOR is set, and names that would steer the terminal are only shown', async (t) => {
    const name = `a${ESCAPE}[31mred\u0007\nname`;
    const { dashboard } = await busyProgram(t, { name });
    const terminal = await Terminal.open(t);
    const colors = new RegExp(`${ESCAPE}\\[[\\d;]*3[1-7]m`);
    await terminal.enter(command(dashboard.url));
    // It is live before it has heard of the program.
    await terminal.until((seen) => /^a·\[31mred··name .*live$/.test(seen[0] ?? ''));
    assert.match((await terminal.lines(true)).join('\n'), colors);
    await terminal.press('q');
    await terminal.until((seen) => seen.some((line) => line === 'prompt>'));
    await terminal.enter(`NO_COLOR=1 ${command(dashboard.url)}`);
    await terminal.until((seen) => /^a.*live$/.test(seen[0] ?? ''));
    assert.doesNotMatch((await terminal.lines(true)).join('\n'), colors);
  });
});

describe('top without a terminal', { concurrency: true, ...limit }, () => {
  test('prints plain text once a second, as often as asked for', async (t) => {
    const { dashboard } = await busyProgram(t);
    const { stdout, stderr, code } = await run([dashboard.url, '--snapshots', '2'], { FORCE_COLOR: '1' });
    assert.deepEqual([stderr, code], ['', 0]);
    assert.equal([...stdout.matchAll(/^weaving\.js /gm)].length, 2);
    assert.match(stdout, /^ +\d+ waitForGate +looms-1 +running +\S+ \S+$/m);
    assert.ok(!stdout.includes(ESCAPE));
  });

  test('says what stands in the way, and what to do', async (t) => {
    const token = 'as-long-as-it-has-to-be';
    const { dashboard } = await busyProgram(t, { token });
    const other = await pageOfAnother(t);
    const cases: [args: string[], code: number, message: RegExp][] = [
      [[], 2, /takes one URL of a dashboard/],
      [['a', 'b'], 2, /takes one URL/],
      [['--snapshots', '0', dashboard.url], 2, /does not know "--snapshots 0"/],
      [['--tokn', 'x', dashboard.url], 2, /does not know "--tokn x"/],
      [['ftp://127.0.0.1/'], 1, /neither the URL of a dashboard.* nor the number of a process/],
      [['1073741824'], 1, /There is no process 1073741824/],
      [[String(process.ppid)], 1, /serves no dashboard.*serveDashboard\(reactor\)/],
      [['http://127.0.0.1:1/'], 1, /The dashboard at http:\/\/127\.0\.0\.1:1\/ cannot be reached/],
      [[other], 1, /cannot be reached: The answer was 200, and not a dashboard's\./],
      [[dashboard.url], 1, /needs the token.*--token, or in HEDDLE_DASHBOARD_TOKEN/],
      [[dashboard.url, '--token', 'not-this-one-at-all'], 1, /needs the token/],
    ];
    const seen = await Promise.all(cases.map(([args]) => run(args)));
    for (const [index, [args, code, message]] of cases.entries()) {
      assert.equal(seen[index]?.code, code, args.join(' '));
      assert.match(seen[index]?.stderr ?? '', message);
    }
    for (const [args, env] of [
      [[dashboard.url, `--token=${token}`], {}],
      [[dashboard.loginUrl], {}],
      [[dashboard.url], { HEDDLE_DASHBOARD_TOKEN: token }],
    ] as const) {
      assert.equal((await run([...args, '--snapshots', '1'], env)).code, 0);
    }
  });
});

// Alone: a process tells of the dashboard that it has begun to serve last.
test('top finds the dashboard of a process by its number', limit, async (t) => {
  await busyProgram(t, { token: 'top-finds-this-by-itself' });
  const { stdout, code } = await run([String(process.pid), '--snapshots=1']);
  assert.equal(code, 0);
  assert.match(stdout, new RegExp(`process ${process.pid}, Node`));
});

test('top does not take another process for the one that is meant', limit, async (t) => {
  const { dashboard } = await busyProgram(t);
  const folder = temporaryFolder(t);
  const own = path.join(folder, `heddle-dashboards-${process.getuid?.()}`);
  mkdirSync(own, { mode: 0o700 });
  const { url, token } = dashboard;
  writeFileSync(path.join(own, `${process.ppid}.json`), JSON.stringify({ pid: process.ppid, url, token }));
  const { stderr, code } = await run([String(process.ppid), '--snapshots=1'], { TMPDIR: folder });
  assert.match(stderr, /^The process \d+ serves no dashboard/);
  assert.equal(code, 1);
});
