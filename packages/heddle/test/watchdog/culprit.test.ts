import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { type Culprit, culpritOf, framesOf } from 'heddle/watchdog';

function culprit(...calls: string[]): Culprit | undefined {
  return culpritOf(framesOf(calls.map((call) => `    at ${call}`).join('\n'), { isMapped: true }));
}

test("the culprit is the innermost frame of the program's own code and the outermost call it made into a package", () => {
  const found = culprit(
    'encipher (/app/node_modules/bcryptjs/index.js:400:3)',
    'hashSync (/app/node_modules/bcryptjs/index.js:200:3)',
    'login (/app/src/login.ts:31:18)',
    'main (/app/src/main.ts:3:1)',
  );
  assert.equal(found?.frame.functionName, 'login');
  assert.equal(found?.call, 'hashSync');
  assert.equal(found?.callee, 'bcryptjs');
  assert.equal(found?.text, 'hashSync of bcryptjs, called in login.ts:31');
});

test("a call into Node goes by the module's name that programs import", () => {
  const callee = (file: string): string | undefined => culprit(`f (${file}:1:2)`, 'own (/app/a.js:1:2)')?.callee;
  assert.equal(callee('node:internal/crypto/pbkdf2'), 'node:crypto');
  assert.equal(callee('node:internal/perf/utils'), 'node:perf_hooks');
  assert.equal(callee('node:fs'), 'node:fs');
  assert.equal(callee('node:child_process'), 'node:child_process');
  assert.equal(callee('node:internal/modules/cjs/loader'), 'node:module');
  assert.equal(callee('node:internal/bootstrap/realm'), 'node');
});

test("one of zlib's functions is named as the program calls it, where the source tells", (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-zlib-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'pack.js');
  writeFileSync(file, 'const packed = gzipSync(text);\nconst both = [deflateSync(a), inflateRawSync(b)];\n');
  const call = (place: string): string | undefined =>
    culprit('zlibBufferSync (node:zlib:1:2)', 'syncBufferWrapper (node:zlib:1:2)', `pack (${place})`)?.call;
  assert.equal(call(`${file}:1:16`), 'gzipSync');
  assert.equal(call(`${file}:1:1`), 'gzipSync');
  assert.equal(call(`${file}:2:31`), 'inflateRawSync');
  assert.equal(call(`${file}:2:1`), 'syncBufferWrapper');
  assert.equal(call('/no/such/file.js:1:1'), 'syncBufferWrapper');
});

test('a call of what is built into JavaScript has no callee', () => {
  const found = culprit('JSON.stringify (<anonymous>)', 'save (/app/save.js:7:9)');
  assert.equal(found?.call, 'JSON.stringify');
  assert.equal(found?.callee, undefined);
  assert.equal(found?.text, 'JSON.stringify, called in save.js:7');
});

test('code that calls nobody is named by itself', () => {
  const found = culprit('count (/app/count.js:7:9)', 'main (/app/main.js:1:1)');
  assert.equal(found?.call, undefined);
  assert.equal(found?.text, 'count in count.js:7');
  assert.equal(culprit('/app/count.js:7:9')?.text, '(anonymous) in count.js:7');
});

test('a comparator is the culprit, and not the sort that called it', () => {
  const found = culprit('compare (/app/a.js:2:1)', 'Array.sort (<anonymous>)', 'list (/app/a.js:9:1)');
  assert.equal(found?.text, 'compare in a.js:2');
});

test("what a package does by itself is the package's: the call that Node made into it", () => {
  const found = culprit(
    'inner (/app/node_modules/cache/sweep.js:3:1)',
    'sweep (/app/node_modules/cache/sweep.js:9:1)',
    'listOnTimeout (node:internal/timers:581:17)',
  );
  assert.equal(found?.frame.functionName, 'sweep');
  assert.equal(found?.text, 'sweep of cache, in sweep.js:9');
});

test("there is no culprit among Node's frames, or where there are none", () => {
  assert.equal(culprit('processTimers (node:internal/timers:519:7)'), undefined);
  assert.equal(culprit(), undefined);
});

test('what Heddle itself calls in a package has no culprit, and what the program calls of Heddle has', () => {
  const inside = [
    'parse (/app/node_modules/acorn/dist/acorn.js:6328:17)',
    'readLiteral (/app/node_modules/heddle/dist/capture.mjs:9:3)',
    'processImmediate (node:internal/timers:485:21)',
  ];
  assert.equal(culprit(...inside), undefined);
  assert.equal(culprit(...inside, 'main (/app/main.js:1:1)')?.frame.functionName, 'main');
});
