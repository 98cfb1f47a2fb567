import assert from 'node:assert/strict';
import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { examine, type ExamineOptions, reportOn } from './support/examined.ts';
import { HANGS_MS } from './support/hangs.ts';
import { packageRoot } from './support/paths.ts';

const isLinux = process.platform === 'linux';
const fixture = path.join(packageRoot, 'test/fixtures/blocker.cjs');

/** Sends the doctor a signal as soon as it has said something. */
function signalled(text: string, signal: NodeJS.Signals): NonNullable<ExamineOptions['onOutput']> {
  let isSent = false;
  return (output, doctor) => {
    if (isSent || !output.includes(text)) return;
    isSent = true;
    doctor.kill(signal);
  };
}

/**
 * Writes, from within native code in which its thread then stays: only its own end ends what it waits for. Whoever has
 * heard of it knows that it does not answer any more.
 */
function staysInNativeCode(text: string): string {
  const command = `echo ${text}; while kill -0 $PPID; do sleep 0.1; done 2>/dev/null`;
  return `require('child_process').spawnSync('sh', ['-c', ${JSON.stringify(command)}], { stdio: 'inherit' });`;
}

/** A program that has said something, and ends with the test. Any port: others on this machine may have a debugger open. */
async function running(t: TestContext, program: string, node: string = process.execPath): Promise<ChildProcess> {
  const child = spawn(node, ['--inspect-port=0', '--eval', program], { stdio: ['ignore', 'pipe', 'ignore'] });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

interface Blocking {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  inspectorHasClosed(): Promise<void>;
}

/** A program that blocks its loop again and again, and has begun to. */
async function blocking(t: TestContext): Promise<Blocking> {
  const child = spawn(process.execPath, ['--inspect-port=0', fixture], { stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  await once(child.stdout, 'data');
  return {
    child,
    async inspectorHasClosed() {
      while (!errors.includes('Debugger ending')) await once(child.stderr, 'data');
    },
  };
}

test('a running process is watched from when it is attached to until Ctrl-C, and runs on as before', async (t) => {
  const { child, inspectorHasClosed } = await blocking(t);
  const { code, report } = await reportOn(['--attach', String(child.pid)], {
    onOutput: (output, doctor) => {
      if (!output.includes('watching process')) return;
      let blocks = 0;
      // The first ones may have begun before, or before the watch had started.
      child.stdout.on('data', () => ++blocks === 10 && doctor.kill('SIGINT'));
    },
  });
  assert.equal(code, 0);
  const [place] = report.places;
  assert.deepEqual(
    [place?.functionName, place?.line, place?.call, place?.callee],
    ['signIn', 5, 'pbkdf2Sync', 'node:crypto'],
  );
  assert.match(report.notes.join('\n'), /did before it was attached to is not in here/);
  // The inspector closes by itself, and the program goes on.
  await inspectorHasClosed();
  await once(child.stdout, 'data');
  assert.equal(child.exitCode, null);
});

test('the process is left as it was where the doctor is killed', async (t) => {
  const { child, inspectorHasClosed } = await blocking(t);
  // What it has written down so far stays there.
  const temporary = await mkdtemp(path.join(tmpdir(), 'heddle-attach-'));
  t.after(() => rm(temporary, { recursive: true }));
  await examine(['--attach', String(child.pid)], {
    env: { TMPDIR: temporary },
    onOutput: signalled('watching process', 'SIGKILL'),
  });
  await inspectorHasClosed();
  assert.equal(child.exitCode, null);
});

test('the inspector is closed again of a process that cannot be watched', { timeout: HANGS_MS }, async (t) => {
  // As in a container that has not the doctor's files.
  const child = await running(
    t,
    `const Module = require('module');
    const isOpen = () => require('inspector').url() !== undefined;
    const load = Module._load;
    let wasOpen = false;
    Module._load = function (name, ...rest) {
      if (String(name).endsWith('record.cjs')) {
        wasOpen = isOpen();
        throw new Error('There is no such file.');
      }
      return Reflect.apply(load, this, [name, ...rest]);
    };
    setInterval(() => console.log(wasOpen && !isOpen() ? 'closed again' : 'up'), 20);`,
  );
  let said = '';
  child.stdout?.on('data', (text: Buffer) => (said += String(text)));
  const { code, stderr } = await examine(['--attach', String(child.pid)]);
  assert.equal(code, 2);
  assert.match(stderr, /cannot be watched: Error: There is no such file/);
  while (!said.includes('closed again')) await once(child.stdout as Readable, 'data');
});

test('a process that is no Node is left alone', async (t) => {
  const child = spawn('sleep', ['30']);
  t.after(() => child.kill());
  const { code, stderr } = await examine(['--attach', String(child.pid)]);
  assert.equal(code, 2);
  assert.match(stderr, /\(sleep\).*is no Node process/);
  assert.equal(child.exitCode ?? child.signalCode, null);
});

test('a process that has given itself another title is known as Node', {
  skip: !isLinux && 'Only Linux tells.',
}, async (t) => {
  const program = "process.title = 'my-server'; setInterval(() => {}, 1000); console.log('up');";
  const child = await running(t, program);
  const { code, stderr } = await examine(['--attach', String(child.pid)], {
    onOutput: signalled('watching process', 'SIGINT'),
  });
  assert.equal(code, 0, stderr);
});

test('a Node whose name has its version in it is known as Node', {
  skip: !isLinux && 'Only Linux tells.',
}, async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'heddle-attach-'));
  const node = path.join(folder, 'node-22');
  await copyFile(process.execPath, node);
  const child = await running(t, "setInterval(() => {}, 1000); console.log('up');", node);
  t.after(() => rm(folder, { recursive: true }));
  const { code, stderr } = await examine(['--attach', String(child.pid)], {
    onOutput: signalled('watching process', 'SIGINT'),
  });
  assert.equal(code, 0, stderr);
});

test('a process whose inspector is open on a port that nobody knows is told so at once', {
  skip: !isLinux && 'Only Linux tells.',
}, async (t) => {
  const program = "setInterval(() => {}, 1000); console.log('up');";
  const child = spawn(process.execPath, ['--inspect=0', '--eval', program], { stdio: ['ignore', 'pipe', 'ignore'] });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  const { code, stderr } = await examine(['--attach', String(child.pid)]);
  assert.equal(code, 2);
  assert.match(stderr, /is open on a port that was free when it started \(--inspect=0\)/);
});

test('the watch ends when the terminal goes', {
  skip: process.platform === 'win32' && 'No such signal.',
}, async (t) => {
  const program = "setInterval(() => {}, 1000); console.log('up');";
  const child = await running(t, program);
  const { code, stdout } = await examine(['--attach', String(child.pid)], {
    onOutput: signalled('watching process', 'SIGHUP'),
  });
  assert.equal(code, 0);
  assert.match(stdout, /still running/);
});

test('a process that ends before its inspector answers is said to have ended', async (t) => {
  const child = await running(t, staysInNativeCode('up'));
  const { code, stderr } = await examine(['--attach', String(child.pid)], {
    onOutput: (output) => void (output.includes('Waiting for process') && child.kill('SIGKILL')),
  });
  assert.equal(code, 2);
  assert.match(stderr, new RegExp(`^heddle-doctor: Process ${child.pid} cannot be watched: .* ended`, 'm'));
});

test('the report comes also where the process is killed while its loop is waited for', async (t) => {
  const program = `
    process.on('SIGUSR2', () => { ${staysInNativeCode('still')} });
    setInterval(() => {}, 1000);
    process.stdout.write('up');`;
  const child = await running(t, program);
  let isWatched = false;
  const { code, stdout } = await examine(['--attach', String(child.pid)], {
    onOutput: (output, doctor) => {
      if (output.includes('Waiting for its loop')) child.kill('SIGKILL');
      if (isWatched || !output.includes('watching process')) return;
      isWatched = true;
      child.stdout?.once('data', () => doctor.kill('SIGINT'));
      child.kill('SIGUSR2');
    },
  });
  assert.equal(code, 0);
  assert.match(stdout, /heddle doctor:/);
});

test('who waits for the inspector of a process can give that up, and nothing is left of it', async (t) => {
  const temporary = await mkdtemp(path.join(tmpdir(), 'heddle-attach-'));
  // In native code, so that no inspector is opened.
  const child = await running(t, staysInNativeCode('up'));
  t.after(() => rm(temporary, { recursive: true }));
  const { code, stderr } = await examine(['--attach', String(child.pid)], {
    env: { TMPDIR: temporary },
    onOutput: signalled('Waiting for process', 'SIGINT'),
  });
  assert.equal(code, 2);
  assert.match(stderr, /had not opened its inspector yet/);
  assert.deepEqual(await readdir(temporary), []);
});
