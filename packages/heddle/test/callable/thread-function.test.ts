import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { CallableError, deferToThread, threadFunction } from 'heddle';
import type * as work from '../fixtures/callable/work.ts';
import { errorOf } from '../support/failure-of.ts';

type Work = typeof work;
const url = new URL('../fixtures/callable/work.js', import.meta.url);
const commonUrl = new URL('../fixtures/callable/common.cjs', import.meta.url);

test('a name for a thread has the type of the function it names', async () => {
  const add = threadFunction<Work['add']>(url, 'add');
  const sum: number = await deferToThread(add, 1, 2);
  assert.equal(sum, 3);
});

test('a name can be checked against the type of its module', async () => {
  const reverse = threadFunction<Work, 'text.nested.reverse'>(url, 'text.nested.reverse');
  const reversed: string = await deferToThread(reverse, 'abc');
  assert.equal(reversed, 'cba');
  // @ts-expect-error there is no such member
  threadFunction<Work, 'text.nested.revers'>(url, 'text.nested.revers');
  // @ts-expect-error this member is no function
  threadFunction<Work, 'text.prefix'>(url, 'text.prefix');
});

test('a name without a type takes any arguments', async () => {
  assert.equal(await deferToThread(threadFunction(url, 'double'), 4), 8);
});

test('without a name the default export is meant', async () => {
  assert.equal(await deferToThread(threadFunction<Work['default']>(url), 5), -5);
});

test('the URL may be given as a string', async () => {
  assert.equal(await deferToThread(threadFunction<Work['double']>(url.href, 'double'), 4), 8);
});

test('a method keeps the object it is a method of', async () => {
  assert.equal(await deferToThread(threadFunction(url, 'text.quote'), 'said'), '> said');
});

test('the exports of a CommonJS file can be named', async () => {
  assert.equal(await deferToThread(threadFunction(commonUrl, 'shout'), 'hey'), 'hey!');
  assert.equal(await deferToThread(threadFunction(commonUrl, 'util.twice'), 'ab'), 'abab');
});

test('called in this thread, a name says that it is only a name', () => {
  const add = threadFunction<Work['add']>(url, 'add');
  assert.throws(() => add(1, 2), refusal('HEDDLE_ONLY_A_NAME', /^add is only the name .*deferToThread/));
});

test('a relative URL and a path are refused, also one of Windows, which parses as a URL', () => {
  for (const path of ['./work.js', '/app/work.js', 'C:\\app\\work.js', 'c:/app/work.js']) {
    assert.throws(
      () => threadFunction(path, 'add'),
      (error: Error) => {
        assert.match(error.message, /import\.meta\.url/);
        assert.ok(error.message.includes(`'${path}'`));
        return (error as { code?: string }).code === 'HEDDLE_BAD_ADDRESS';
      },
    );
  }
});

test('an empty name is refused', () => {
  assert.throws(() => threadFunction(url, ''), refusal('HEDDLE_BAD_ADDRESS', /''/));
  assert.throws(() => threadFunction(url, 'text.'), refusal('HEDDLE_BAD_ADDRESS', /'text\.'/));
});

test('what is no URL and what is no name are refused', () => {
  assert.throws(() => threadFunction(Symbol('work') as never, 'add'), refusal('HEDDLE_BAD_ADDRESS', /Symbol\(work\)/));
  assert.throws(() => threadFunction(url, 5 as never), refusal('HEDDLE_BAD_ADDRESS', /^5 is not the name/));
});

test('the entry module of the program is refused', () => {
  const entry = process.argv[1];
  assert.ok(entry);
  assert.throws(
    () => threadFunction(new URL(`file://${entry}`), 'anything'),
    refusal('HEDDLE_ENTRY_MODULE', /^anything \(.*a module of its own/),
  );
});

test('a name that the module does not have fails in the thread and tells what there is', async () => {
  const missing = threadFunction(url, 'subtract');
  await assert.rejects(async () => deferToThread(missing, 1), {
    code: 'HEDDLE_NO_SUCH_FUNCTION',
    message: /work\.js gives no function 'subtract' in the thread\. It has: .*\badd\b/,
  });
});

test('of a CommonJS module that exports a promise, functions are those of what that gives', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'later.cjs');
  // As webpack makes of an ES module that waits for something at its top.
  writeFileSync(file, 'module.exports = Promise.resolve({ twice: (x) => x * 2 });');
  const twice = threadFunction<(x: number) => number>(pathToFileURL(file), 'twice');
  assert.equal(await deferToThread(twice, 2), 4);
});

test('a module that is not there is told of with the name of the function, and the error of the import', async () => {
  const missing = threadFunction(new URL('./nowhere.js', import.meta.url), 'f');
  const error = await errorOf(deferToThread(missing), CallableError);
  assert.equal(error.code, 'HEDDLE_MODULE_FAILED');
  assert.equal(error.functionName, 'f');
  assert.match(
    error.message,
    /^f needs file:.*nowhere\.js, which cannot be imported in the thread: Cannot find module/,
  );
  assert.equal((error.cause as NodeJS.ErrnoException).code, 'ERR_MODULE_NOT_FOUND');
});

function refusal(code: string, message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof CallableError);
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };
}
