// In a process of its own: whatever looks through the modules of the program imports this one, too.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureResultOf, MemoryThreadPool, successResultOf } from 'heddle/testing';
import { ReactorCallError } from 'heddle/threads';
import { askSlowModule } from '../fixtures/threads/asks-other-modules.ts';

test('a job that asks a function of a module which can only be imported is told what to do', async () => {
  const pool = new MemoryThreadPool();
  const call = pool.defer(askSlowModule);
  await pool.performAll();
  const { message } = failureResultOf(call, ReactorCallError).value;
  assert.match(message, /^answer has no answer yet, .* Pass it with ask\(fn\), since its module has to be imported/);
  const later = pool.defer(askSlowModule);
  await pool.performAll();
  assert.equal(successResultOf(later), 42);
});
