import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { ThreadPool } from 'heddle';
import { modulesOfNode } from '../../fixtures/threads/modules-of-node.ts';
import { sizes } from '../../support/sizes.ts';
import { packageRoot } from '../../support/paths.ts';

test('where a bundle has left the entry of threads behind, each call fails with its path and the way out', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-bundle-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const entry = path.join('threads', 'entry');
  cpSync(path.join(packageRoot, 'dist'), folder, { recursive: true, filter: (file) => !file.endsWith(entry) });
  const copy: typeof import('heddle') = await import(pathToFileURL(path.join(folder, 'index.mjs')).href);
  const pool = new copy.ThreadPool({ max: 1 });
  const outcomes = await Promise.allSettled([pool.defer(JSON.parse, '1'), pool.defer(JSON.parse, '2')]);
  for (const outcome of outcomes) {
    assert.ok(outcome.status === 'rejected' && outcome.reason instanceof copy.ThreadEntryMissingError);
    const { code, file, message } = outcome.reason;
    assert.equal(code, 'HEDDLE_THREAD_ENTRY_MISSING');
    assert.equal(file, path.join(folder, entry, 'thread.cjs'));
    for (const part of [file, '@heddle/unplugin', '--external:heddle', "serverExternalPackages: ['heddle']"]) {
      assert.ok(message.includes(part), message);
    }
  }
  assert.deepEqual(sizes(pool), { threads: 0, idle: 0, busy: 0, backlog: 0 });
  await pool.stop();
});

test('where the entry of threads has been removed since the first one, calls say so, and are answered once it is back', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-removed-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(path.join(packageRoot, 'dist'), folder, { recursive: true });
  const entry = path.join(folder, 'threads', 'entry');
  const copy: typeof import('heddle') = await import(pathToFileURL(path.join(folder, 'index.mjs')).href);
  for (const Pool of [copy.ThreadPool, copy.ProcessPool]) {
    const once = new Pool({ max: 1 });
    assert.equal(await once.defer(JSON.parse, '1'), 1);
    await once.stop();

    renameSync(entry, `${entry}-gone`);
    const pool = new Pool({ max: 1 });
    await assert.rejects(pool.defer(JSON.parse, '1'), (error) => {
      assert.ok(error instanceof copy.ThreadEntryMissingError, String(error));
      assert.equal(error.file, path.join(entry, 'thread.cjs'));
      assert.match(error.message, /any more.*removed while the program runs/);
      return true;
    });
    await pool.stop();

    renameSync(`${entry}-gone`, entry);
    const later = new Pool({ max: 1 });
    assert.equal(await later.defer(JSON.parse, '2'), 2);
    await later.stop();
  }
});

test('a thread loads none of the parts of Node that few jobs need', async () => {
  await using pool = new ThreadPool({ max: 1 });
  const loaded = await pool.defer(modulesOfNode);
  assert.ok(loaded.includes('worker_threads'), loaded.join());
  const few = ['crypto', 'child_process', 'vm', 'v8', 'internal/fs/streams'];
  assert.deepEqual(
    few.filter((name) => loaded.includes(name)),
    [],
  );
});
