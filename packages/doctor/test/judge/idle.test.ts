import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { missingHere } from '../support/missing-here.ts';
import { run } from './program.ts';

const major = Number.parseInt(process.versions.node, 10);

test('all of the time of a call is measured, however busy the processors are', {
  skip: major < 22 && 'not in this Node version: the watch leaves out what the V8 of Node 20 does before the call.',
}, async () => {
  const { code, output, errors } = await run('busy.mjs');
  assert.deepEqual({ code, errors }, { code: 0, errors: '' });
  assert.ok(Number(output) >= 20, output);
});

test('a short call that has to wait for a processor is not the one to defer, but the call around it', {
  skip: missingHere('taskset (a Linux system)', spawnSync('taskset', ['--version']).status === 0),
}, async () => {
  const around = { code: 0, errors: '', output: 'words.map((word) => shorten(word))\n' };
  assert.deepEqual(await run('starved.mjs'), around);
});

test('what a call waits for a processor beside its own time does not make it a short one', {
  skip: missingHere('taskset (a Linux system)', spawnSync('taskset', ['--version']).status === 0),
}, async () => {
  assert.deepEqual(await run('starved-copies.mjs'), { code: 0, errors: '', output: 'not worth deferring\n' });
});

test('a short call with none of the program around it is not the one to defer for having to wait for a processor', {
  skip: missingHere('taskset (a Linux system)', spawnSync('taskset', ['--version']).status === 0),
}, async () => {
  assert.deepEqual(await run('starved-alone.mjs'), { code: 0, errors: '', output: 'unknown\n' });
});

describe('a call that worked for a small part of its time', { concurrency: 2 }, () => {
  for (const [how, said, title] of [
    ['first', 'long; short', 'is not taken for long where the next one is short'],
    ['always', 'long; long', 'is judged as it is where it waits each time'],
    ['once', 'long; long', 'is judged by itself where it is not made again'],
  ] as const) {
    test(title, async () => {
      assert.deepEqual(await run('idle.mjs', [how]), { code: 0, errors: '', output: `${said}\n` });
    });
  }
});
