import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { test } from 'node:test';
import { examine, reportOn } from './support/examined.ts';
import { packageRoot } from './support/paths.ts';

const isLinux = process.platform === 'linux';
const fixture = path.join(packageRoot, 'test/fixtures/blocker.cjs');

test('a running process is watched from when it is attached to until Ctrl-C, and runs on as before', async (t) => {
  // Any free port: others on this machine may have a debugger open.
  const child = spawn(process.execPath, ['--inspect-port=0', fixture], { stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  await once(child.stdout, 'data');
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
  while (!errors.includes('Debugger ending')) await once(child.stderr, 'data');
  await once(child.stdout, 'data');
  assert.equal(child.exitCode, null);
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
  const child = spawn(process.execPath, ['--inspect-port=0', '--eval', program], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  let isWatched = false;
  const { code, stderr } = await examine(['--attach', String(child.pid)], {
    onOutput: (output, doctor) => {
      if (isWatched || !output.includes('watching process')) return;
      isWatched = true;
      doctor.kill('SIGINT');
    },
  });
  assert.equal(code, 0, stderr);
});
