import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runProgram } from '../../support/program.ts';

test('of functions that run as one call, one that throws is the last, and is reported', async () => {
  const { code, stderr, stdout } = await runProgram(`
    import { callMultipleInThread, reactor } from 'heddle';
    import { writeSync } from 'node:fs';
    callMultipleInThread([[writeSync, 1, 'one'], [JSON.parse, '{'], [writeSync, 1, 'three']]);
    await reactor.getThreadPool().stop();
  `);
  assert.equal(stdout, 'one');
  assert.match(stderr, /Unhandled failure in a Deferred[^]*SyntaxError/);
  assert.equal(code, 1);
});

test('a function that cannot go to a thread keeps all of them from running, and is reported', async () => {
  const { stderr, stdout } = await runProgram(`
    import { callMultipleInThread, reactor } from 'heddle';
    import { writeSync } from 'node:fs';
    callMultipleInThread([[writeSync, 1, 'one'], [new Proxy(() => 1, {})]]);
    await reactor.getThreadPool().stop();
  `);
  assert.equal(stdout, '');
  assert.match(stderr, /Unhandled failure in a Deferred[^]*CallableError/);
});
