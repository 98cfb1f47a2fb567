import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';
import { type SampledCulprit, sampledCulprit } from '#sampled-culprit';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-sampled-'));
after(() => rmSync(folder, { recursive: true }));
const file = path.join(folder, 'wait.js');
writeFileSync(
  file,
  'function wait() {\n  const end = performance.now() + 400;\n  while (performance.now() < end);\n}\n',
);

const wait = { functionName: 'wait', script: pathToFileURL(file).href, line: 1, column: 14 };
const now = { functionName: 'now', script: 'node:internal/perf/performance', line: 137, column: 6 };

/** The culprit of stacks of `wait`, each with the line that ran and for how long. */
function culpritOf(
  ...seen: readonly [called: boolean, line: number, milliseconds: number][]
): SampledCulprit | undefined {
  const stacks = seen.map(([called, line, milliseconds]) => {
    return { functions: called ? [now, wait] : [wait], line, milliseconds };
  });
  return sampledCulprit({ stacks, busy: 400, proven: 400, garbageCollection: 0, idle: 0 });
}

test('the line is the one that ran in the function itself', () => {
  const { frame } = culpritOf([false, 3, 300], [false, 2, 100])?.culprit ?? {};
  assert.deepEqual([frame?.functionName, frame?.line], ['wait', 3]);
});

test('lines of what V8 has put in the place of a call are not the lines of the function', () => {
  const { frame, call, text } = culpritOf([true, 538, 300], [false, 538, 60], [false, 3, 40])?.culprit ?? {};
  assert.deepEqual([frame?.line, call], [3, 'now']);
  assert.equal(text, 'now of node:perf_hooks, called in wait.js:3');
});

test('of several calls of one name, and where no line of the function is known, it is the one in the only loop', () => {
  assert.equal(culpritOf([true, 538, 300], [false, 548, 100])?.culprit.frame.line, 3);
});

test('a line is known for certain where V8 spells the URL of the script in another way than Node', () => {
  const odd = path.join(folder, 'wait ~[odd].js');
  writeFileSync(odd, 'function wait() { while (true); }\n');
  const script = pathToFileURL(odd).href.replaceAll('%7E', '~').replaceAll('%5B', '[').replaceAll('%5D', ']');
  const stacks = [{ functions: [{ ...wait, script }], line: 1, milliseconds: 400 }];
  const culprit = sampledCulprit({ stacks, busy: 400, proven: 400, garbageCollection: 0, idle: 0 });
  assert.equal(culprit?.isLineCertain, true);
});

test('the name of a function is found behind a file in base64 in the same line', { timeout: 30_000 }, () => {
  const source = path.join(folder, 'package.js');
  const line = `export const wasm = '${'A'.repeat(500_000)}', waitLonger = function () { while (true); };\n`;
  writeFileSync(source, line);
  const built = path.join(folder, 'built.js');
  buildSync({ entryPoints: [source], outfile: built, minify: true, sourcemap: true });
  const text = readFileSync(built, 'utf8');
  const column = text.indexOf('function(') + 'function'.length + 1;
  const one = { functionName: 'a', script: pathToFileURL(built).href, line: 1, column };
  const stacks = [{ functions: [one], line: 1, milliseconds: 400 }];
  const culprit = sampledCulprit({ stacks, busy: 400, proven: 400, garbageCollection: 0, idle: 0 });
  assert.equal(culprit?.culprit.frame.functionName, 'waitLonger');
});

test('a function of a package may be called by a text that is no name', () => {
  for (const functionName of ['/users/(.*', 'sum(int)', 'a+', '[0', '\\\\', '{2']) {
    const handler = { functionName, script: '/app/node_modules/routes/index.js', line: 1, column: 1 };
    const stacks = [{ functions: [handler, wait], line: 1, milliseconds: 400 }];
    const found = sampledCulprit({ stacks, busy: 400, proven: 400, garbageCollection: 0, idle: 0 });
    assert.deepEqual([found?.culprit.call, found?.culprit.callee], [functionName, 'routes']);
  }
});
