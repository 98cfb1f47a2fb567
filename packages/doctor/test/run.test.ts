import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { examine, reportOn } from './support/examined.ts';
import { packageRoot } from './support/paths.ts';
import { blockingLines } from './who-blocks/forms.ts';

const fixture = (name: string): string => path.join(packageRoot, 'test/fixtures', name);
const programs = path.join(packageRoot, 'test/programs');
const node = process.execPath;

/** Sends the doctor a signal as soon as the program has written something. */
const signalled = (text: string, signal: NodeJS.Signals) => {
  let isSent = false;
  return (output: string, child: { kill(signal: NodeJS.Signals): boolean }): void => {
    if (isSent || !output.includes(text)) return;
    isSent = true;
    child.kill(signal);
  };
};

describe('heddle-doctor', { concurrency: 2 }, () => {
  test('runs a program with its arguments and environment, and ends with its exit code', async () => {
    const { code, stdout } = await examine([node, fixture('arguments.cjs'), '--json', '-x', 'a b'], {
      env: { VALUE: 'a value' },
    });
    assert.equal(code, 7);
    assert.equal(stdout.split('\n')[0], '{"arguments":["--json","-x","a b"],"value":"a value"}');
    assert.match(stdout, /Nothing blocked the loop for longer than 50 ms\./);
  });

  test('has a block in the report although the program was killed after it', async () => {
    const { code, report } = await reportOn(['--', node, fixture('killed.cjs'), 'SIGKILL']);
    assert.equal(code, 137);
    assert.equal(report.signal, 'SIGKILL');
    assert.equal(report.places[0]?.functionName, 'compute');
  });

  test('lets a program go on that is in one native call after the other', async () => {
    const { code, stdout } = await examine(['--', node, fixture('sorts.mjs')]);
    assert.equal(code, 0);
    assert.match(stdout, /^done\n/);
  });

  test('leaves the streams of the program as they were: it can write more to a pipe than that takes at once', async () => {
    const { code, stdout, stderr } = await examine(['--', node, fixture('writes.cjs')]);
    assert.equal(code, 0, stderr);
    assert.ok(stdout.startsWith('y'.repeat(1_000_000)), stderr);
  });

  test('watches a program whose name begins like that of a package manager', async () => {
    const { report } = await reportOn(['--', node, fixture('yarn-stats.cjs')]);
    assert.equal(report.places[0]?.functionName, 'compute');
  });

  test('passes other signals on too', async () => {
    const { code, stdout } = await examine(['--', node, fixture('signalled.cjs')], {
      onOutput: signalled('listening', 'SIGUSR2'),
    });
    assert.equal(code, 0);
    assert.match(stdout, /^listening\nSIGUSR2\n/);
  });

  test('ends with 128 and the number of the signal that ended the program', async () => {
    const { code } = await examine(['--', node, fixture('killed.cjs'), 'SIGTERM']);
    assert.equal(code, 143);
  });

  test('passes Ctrl-C on to the program and prints the report when that has ended', async () => {
    const { code, stdout } = await examine(['--', node, fixture('blocker.cjs')], {
      onOutput: signalled('blocked', 'SIGINT'),
    });
    assert.equal(code, 130);
    assert.match(stdout, /pbkdf2Sync of node:crypto, called in signIn/);
  });

  test('says what to write instead, as it was tried out in the program', async () => {
    let isSent = false;
    const { report } = await reportOn(['--', node, fixture('blocker.cjs')], {
      onOutput: (output, child) => {
        // The first block makes the place known, the next calls are judged.
        if (isSent || output.split('blocked').length <= 10) return;
        isSent = true;
        child.kill('SIGINT');
      },
    });
    assert.equal(
      report.places.find(({ functionName }) => functionName === 'signIn')?.judgement?.verdict,
      'asynchronous',
    );
  });

  test('has a judgement of each place, also of one that blocked just before the end', async () => {
    const { report } = await reportOn(['--', node, path.join(packageRoot, 'build/test/programs/pbkdf2-sync.js')]);
    assert.deepEqual(
      report.places.map(({ call, judgement }) => [call, judgement?.verdict]),
      [['pbkdf2Sync', 'asynchronous']],
    );
  });

  test('names a chain of promises by the function that takes most of it, each time', async () => {
    let names: string[] = [];
    // Where other programs have the processors, the profiler's looks are few: it gets another chance.
    for (let tries = 0; tries < 8 && names.join() !== 'largest'; tries++) {
      const { report } = await reportOn(['--no-judge', '--', node, fixture('chain.cjs')]);
      names = [...new Set(report.places.map(({ functionName }) => functionName))];
    }
    assert.deepEqual(names, ['largest']);
  });

  test('ends a program whose loop stands still for ever after Ctrl-C, and names the place', async () => {
    const { code, report, stderr } = await reportOn(['--', node, fixture('endless.mjs')], {
      onOutput: signalled('ready', 'SIGINT'),
    });
    assert.equal(code, 137);
    assert.match(stderr, /loop stands still, so that it cannot hear Ctrl-C/);
    const [place] = report.places;
    assert.deepEqual([place?.functionName, place?.line, report.blocks[0]?.isUnfinished], ['turnForEver', 8, true]);
  });

  test('ends a program whose loop comes to stand still only a while after Ctrl-C', async () => {
    const [first, later] = [signalled('ready', 'SIGINT'), signalled('Waiting for the program', 'SIGUSR2')];
    const { code, report, stderr } = await reportOn(['--', node, fixture('endless-later.mjs')], {
      onOutput: (output, child) => {
        first(output, child);
        later(output, child);
      },
    });
    assert.equal(code, 137);
    assert.match(stderr, /Waiting for the program to end.*loop stands still, so that it cannot hear Ctrl-C/s);
    assert.equal(report.places[0]?.functionName, 'turnForEver');
  });

  test('names the place of a loop that stands still for ever, however the program has stacks written', async () => {
    const own = ['--require', fixture('own-stacks.cjs')];
    const { report } = await reportOn(['--', node, ...own, fixture('endless.mjs')], {
      onOutput: signalled('ready', 'SIGINT'),
    });
    assert.equal(report.places[0]?.functionName, 'turnForEver');
  });

  test('lets a program be that has a text of many megabytes in its source', async (t) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'heddle-large-'));
    t.after(() => rm(folder, { recursive: true }));
    const program = path.join(folder, 'large.cjs');
    const code = await readFile(fixture('killed.cjs'), 'utf8');
    await writeFile(program, `const text = '${'x'.repeat(12_000_000)}';\n${code}`);
    const { report, stderr } = await reportOn(['--', node, program, 'SIGKILL']);
    assert.equal(report.signal, 'SIGKILL', stderr.slice(0, 1000));
    assert.equal(report.places[0]?.functionName, 'compute');
  });

  test('does not count as blocked what it takes itself to find the place in a large source', async (t) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'heddle-long-'));
    t.after(() => rm(folder, { recursive: true }));
    const program = path.join(folder, 'long.cjs');
    const code = await readFile(fixture('measures.cjs'), 'utf8');
    await writeFile(program, `${'//\n'.repeat(3_000_000)}${code}`);
    const { report, stdout } = await reportOn(['--no-judge', '--', node, program]);
    const [place] = report.places;
    assert.equal(place?.functionName, 'compute');
    const times = stdout.match(/^\d+$/gm)?.map(Number) ?? [];
    assert.ok(place.longest < 1.5 * Math.max(...times), `${place.longest} ms, of ${times.join(', ')} ms`);
  });

  test('does not wait for the program after a second Ctrl-C', async () => {
    const first = signalled('ready', 'SIGINT');
    const second = signalled('heard', 'SIGINT');
    const { code, report } = await reportOn(['--', node, fixture('deaf.cjs')], {
      onOutput: (output, child) => {
        first(output, child);
        second(output, child);
      },
    });
    assert.equal(code, 137);
    assert.equal(report.signal, 'SIGKILL');
  });

  test('exits with 1 when the loop was blocked for longer than --fail-over, and with the program’s code otherwise', async () => {
    const args = ['--', node, fixture('killed.cjs'), 'SIGTERM'];
    const [over, under] = await Promise.all([
      examine(['--fail-over', '100', ...args]),
      examine(['--fail-over', '60000', ...args]),
    ]);
    assert.equal(over.code, 1);
    assert.match(over.stderr, /longer than --fail-over 100 allows/);
    assert.equal(under.code, 143);
  });

  test('notices what --fail-over forbids, though it is shorter than the usual threshold', async () => {
    const { report } = await reportOn(['--fail-over', '20', '--', node, fixture('arguments.cjs')]);
    assert.equal(report.threshold, 20);
  });

  test('reports and keeps the exit code where nobody reads its standard error', async () => {
    const { code, stdout } = await examine(['--', node, fixture('killed.cjs'), 'SIGTERM'], { isUnheard: true });
    assert.match(stdout, /killed\.cjs/);
    assert.equal(code, 143);
  });

  test('watches the files that node --test runs, and lets the process be that runs them', async () => {
    const { code, stdout, stderr } = await examine([node, '--test', fixture('test-file.mjs')]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /test-file\.mjs:6/);
    assert.match(stdout, /ran, but could not be watched/);
  });

  test('leaves the standard output to the report where that is JSON', async () => {
    const { stdout, stderr } = await examine(['--json', '--threshold', '2000', node, fixture('arguments.cjs')]);
    const report = JSON.parse(stdout) as { version: number; threshold: number; places: unknown[] };
    assert.deepEqual([report.version, report.threshold, report.places], [1, 2000, []]);
    assert.match(stderr, /"arguments":\[\]/);
  });

  test('names the TypeScript that tsx runs, and leaves tsx itself out', async () => {
    const tsx = path.join(packageRoot, '../../node_modules/tsx/dist/cli.mjs');
    const { report } = await reportOn(['--', node, tsx, path.join(programs, 'package-call.ts')]);
    const [place] = report.places;
    const [line] = blockingLines(path.join(programs, 'package-call.ts'));
    assert.deepEqual([place?.functionName, place?.line, place?.call], ['register', line, 'hashSync']);
    assert.equal(report.processes.length, 1);
  });

  test('has the lines of the calls around the place in its stack, and not those where their functions begin', async () => {
    const program = path.join(packageRoot, 'build/test/programs/package-call.js');
    const { report } = await reportOn(['--no-judge', '--', node, program]);
    const lines = (await readFile(program, 'utf8')).split('\n');
    const called = report.places[0]?.stack.filter(({ origin }) => origin === 'own').map(({ line }) => lines[line - 1]);
    assert.deepEqual(
      called?.map((text) => /\b(?:hashSync|register)\(/.exec(text ?? '')?.[0]),
      ['hashSync(', 'register('],
    );
  });

  test('names the one of zlib’s synchronous functions that the program calls, and what does not block', async () => {
    const { report } = await reportOn(['--', node, fixture('zlib.mjs')]);
    const [place] = report.places;
    assert.deepEqual([place?.functionName, place?.line, place?.call], ['pack', 6, 'gzipSync']);
    assert.equal(place?.judgement?.verdict, 'asynchronous');
  });

  test('looks into the program that npm start starts, and leaves npm out', async (t) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'heddle-doctor-npm-'));
    t.after(() => rm(folder, { recursive: true }));
    const start = `node ${fixture('killed.cjs')} SIGTERM`;
    await writeFile(path.join(folder, 'package.json'), JSON.stringify({ name: 'app', scripts: { start } }));
    const { report } = await reportOn(['--', 'npm', 'start'], { cwd: folder });
    assert.equal(report.places[0]?.functionName, 'compute');
    assert.equal(report.processes.length, 1);
    assert.ok(report.processes[0]?.command.includes(fixture('killed.cjs')));
  });

  test('writes its report where a link leads to that is there before the file', async (t) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'heddle-doctor-link-'));
    t.after(() => rm(folder, { recursive: true }));
    const [link, file] = [path.join(folder, 'link.json'), path.join(folder, 'report.json')];
    await symlink(file, link);
    await examine([`--json=${link}`, '--', node, '--eval', '']);
    assert.equal(await readlink(link), file);
    assert.match(await readFile(file, 'utf8'), /"version": 1/);
  });

  test('leaves NODE_OPTIONS of the program’s own as they are', async () => {
    const { stdout } = await examine(['--', node, '--print', 'process.title'], {
      env: { NODE_OPTIONS: '--title=mine' },
    });
    assert.equal(stdout.split('\n')[0], 'mine');
  });
});

describe('heddle-doctor says what it cannot do', { concurrency: 2 }, () => {
  const refusals: [what: string, args: string[], code: number, message: RegExp][] = [
    ['no program', [], 2, /Which program\?.*heddle-doctor -- node server\.js/],
    ['an unknown option', ['--treshold', '5', 'node'], 2, /no option --treshold/],
    ['a threshold that is no number', ['--threshold', 'much', 'node'], 2, /--threshold takes milliseconds.*not much/],
    ['a threshold that no watch takes', ['--threshold', '0.5', 'node'], 2, /from 1 to 86400000, and not 0\.5/],
    ['a failure that no watch takes', ['--fail-over', '1e9', 'node'], 2, /from 1 to 86400000, and not 1e9/],
    [
      'a failure that it would not notice',
      ['--threshold', '50', '--fail-over', '20', 'node'],
      2,
      /--fail-over 20 is below --threshold 50.*of 20 or less/,
    ],
    ['a value for what takes none', ['--no-judge=false', 'node'], 2, /--no-judge takes no value, and not false/],
    ['a command without a name', ['--', ''], 2, /Which program\?/],
    ['a page on the standard output', ['--html=-', 'node'], 2, /--html takes a file, and not -/],
    ['an option without its value', ['--html', '--', 'node'], 2, /--html needs a value/],
    [
      'an option of the report before top',
      ['--threshold', '5', 'top', '1'],
      2,
      /top shows a program live and writes no report: leave out --threshold 5/,
    ],
    [
      'two reports in one file that has two names',
      [`--json=${tmpdir()}/report`, `--html=${tmpdir()}/./report`, 'node'],
      2,
      /cannot both be written to \S*\/report:/,
    ],
    [
      'two reports in one file',
      ['--json', '/no/a.json', '--html', '/no/a.json', 'node'],
      2,
      /cannot both be written to \/no\/a\.json/,
    ],
    ['a command that is not there', ['--', 'no-such-command'], 127, /no command no-such-command.*npx no-such-command/],
    ['a script as the command', ['--', 'server.js'], 127, /no command server\.js.*node server\.js/],
    ['a file that cannot be run', ['--', fixture('idle.cjs')], 126, /idle\.cjs cannot be run.*node/],
    [
      'a program without Node',
      ['--', 'sh', '-c', 'exit 3'],
      2,
      /sh -c exit 3 ended with exit code 3, and no Node process was seen/,
    ],
    [
      'a report that cannot be written',
      ['--html', '/no/such/folder/report.html', 'node'],
      2,
      /report\.html cannot be written/,
    ],
    ['a process that is not there', ['--attach', '4194303'], 2, /no process 4194303/],
    [
      'a program beside a process to attach to',
      ['--attach', '4194303', 'node', 'server.js'],
      2,
      /--attach 4194303 .* and node server\.js would not be run/,
    ],
    ['a process id that is none', ['--attach', 'server'], 2, /--attach takes the id of a process.*not server/],
    [
      'a program that keeps others out',
      [
        '--',
        node,
        process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission',
        '--eval',
        '',
      ],
      2,
      /under --permission, which keeps out/,
    ],
  ];
  for (const [what, args, code, message] of refusals) {
    test(what, async () => {
      const examined = await examine(args);
      assert.equal(examined.code, code);
      assert.match(examined.stderr, message);
      assert.equal(examined.stdout, '');
    });
  }

  const keepsInspector = process.allowedNodeEnvironmentFlags.has('--allow-inspector');
  test('a program that removes the folder in which it is written down what is seen', async () => {
    const program = "fs.rmSync(JSON.parse(process.env.HEDDLE_DOCTOR).folder, { recursive: true }); console.log('done')";
    const { code, stdout, stderr } = await examine(['--', node, '--eval', program]);
    assert.equal(stdout, 'done\n');
    assert.equal(code, 2);
    assert.match(stderr, /heddle-doctor-\w+, in which .* was removed while the program ran\.\n$/);
  });

  test('a program that may write its record, and may not be watched', {
    skip: !keepsInspector && 'On this Node, --permission does not keep out the inspector.',
  }, async () => {
    const flags = ['--permission', '--allow-fs-read=*', '--allow-fs-write=*'];
    const { code, stdout, stderr } = await examine(['--fail-over', '60', '--', node, ...flags, '--eval', '']);
    assert.equal(code, 2);
    assert.match(stderr, /no Node process was to be watched in it: it runs under --permission/);
    assert.equal(stdout, '');
  });

  test('a program that is not there, and leaves no empty report', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'heddle-no-report-'));
    try {
      const file = path.join(folder, 'report.html');
      const { code } = await examine(['--html', file, 'no-such-command']);
      assert.deepEqual([code, existsSync(file)], [127, false]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('a program that dies when it starts keeps its error and its exit code', async () => {
    const { code, stdout, stderr } = await examine(['--', node, 'no-such-file.js']);
    assert.equal(code, 1);
    assert.match(stderr, /Cannot find module/);
    assert.match(stdout, /exit code 1/);
  });

  test('--help and --version are answered', async () => {
    const [help, version] = await Promise.all([examine(['--help']), examine(['--version'])]);
    assert.match(help.stdout, /--fail-over MS/);
    assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
  });

  test('npx finds the command also where it was installed before anything was built', async () => {
    const { bin } = JSON.parse(await readFile(path.join(packageRoot, 'package.json'), 'utf8'));
    const command = bin['heddle-doctor'];
    assert.doesNotMatch(command, /^\.\/dist\//);
    const { stdout } = spawnSync(node, [path.join(packageRoot, command), '--help'], { encoding: 'utf8' });
    assert.match(stdout, /--fail-over MS/);
  });
});
