import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { framesOf, type StackFrame } from 'heddle/watchdog';
import { packageRoot } from '../support/paths.ts';
import { runNode } from '../support/program.ts';

function frameOf(line: string): Partial<StackFrame> {
  const { functionName, file, line: row, column, origin, packageName } = framesOf(line, { isMapped: true })[0]!;
  return { functionName, file, line: row, column, origin, ...(packageName === undefined ? {} : { packageName }) };
}

test('a frame has its function, file, line and column', () => {
  const [frame] = framesOf('Error: no\n    at parse (file:///app/src/parse%20me.js:3:14)\n    and no frame');
  assert.deepEqual(frame, {
    functionName: 'parse',
    file: '/app/src/parse me.js',
    line: 3,
    column: 14,
    script: 'file:///app/src/parse%20me.js',
    scriptLine: 3,
    scriptColumn: 14,
    origin: 'own',
  });
});

test('an anonymous function has an empty name', () => {
  const place = { functionName: '', file: '/app/a.js', line: 1, column: 2, origin: 'own' };
  assert.deepEqual(frameOf('    at /app/a.js:1:2'), place);
  assert.deepEqual(frameOf('    at Object.<anonymous> (/app/a.js:1:2)'), place);
  assert.deepEqual(frameOf('    at async /app/a.js:1:2'), place);
});

test('a function goes by its own name, whatever it was called on and by which name', () => {
  const nameOf = (call: string): string | undefined => frameOf(`    at ${call} (/app/a.js:1:2)`).functionName;
  assert.equal(nameOf('Object.hashSync'), 'hashSync');
  assert.equal(nameOf('Timeout.tick [as _onTimeout]'), 'tick');
  assert.equal(nameOf('exports.render'), 'render');
  assert.equal(nameOf('Template.render'), 'Template.render');
  assert.equal(nameOf('get total [as total]'), 'get total');
  assert.equal(nameOf('new Parser'), 'new Parser');
  assert.equal(nameOf('async handle'), 'handle');
});

test('paths with spaces and parentheses are read whole', () => {
  assert.equal(frameOf('    at run (/home/me (old)/my app/a.js:1:2)').file, '/home/me (old)/my app/a.js');
  assert.equal(frameOf('    at /home/me (old)/a.js:1:2').file, '/home/me (old)/a.js');
});

test("Node's functions and what is built into JavaScript are Node's", () => {
  assert.deepEqual(frameOf('    at pbkdf2Sync (node:internal/crypto/pbkdf2:62:17)'), {
    functionName: 'pbkdf2Sync',
    file: 'node:internal/crypto/pbkdf2',
    line: 62,
    column: 17,
    origin: 'node',
  });
  for (const call of ['JSON.stringify', 'Array.sort', 'RegExp.exec', 'Object.keys']) {
    const builtIn = { functionName: call, file: '', line: 0, column: 0, origin: 'node' };
    assert.deepEqual(frameOf(`    at ${call} (<anonymous>)`), builtIn);
  }
});

test("a package's code has the package's name, the innermost one's where packages are nested", () => {
  const packageOf = (file: string): string | undefined => frameOf(`    at f (${file}:1:2)`).packageName;
  assert.equal(packageOf('/app/node_modules/bcryptjs/index.js'), 'bcryptjs');
  assert.equal(packageOf('file:///app/node_modules/@scope/it/lib/a.js'), '@scope/it');
  assert.equal(packageOf('/app/node_modules/.pnpm/ms@2.1.3/node_modules/ms/index.js'), 'ms');
  assert.equal(packageOf('/app/node_modules/a/node_modules/b/index.js'), 'b');
  assert.equal(packageOf('/app/.yarn/cache/ejs-npm-3.1.zip/node_modules/ejs/lib/ejs.js'), 'ejs');
  assert.equal(packageOf('/app/my_node_modules/a/index.js'), undefined);
});

test("Heddle's own code is not the program's", () => {
  const dist = path.join(packageRoot, 'dist/index.mjs');
  assert.equal(frameOf(`    at f (${dist}:1:2)`).origin, 'heddle');
  assert.equal(frameOf('    at f (/app/node_modules/heddle/dist/index.mjs:1:2)').origin, 'heddle');
  assert.equal(frameOf(`    at f (${fileURLToPath(import.meta.url)}:1:2)`).origin, 'own');
});

test('code that was made at run time belongs to whoever made it', () => {
  const made = 'eval at compile (/app/node_modules/ejs/lib/ejs.js:662:12), <anonymous>:10:20';
  const place = { functionName: '', file: '/app/node_modules/ejs/lib/ejs.js', line: 662, column: 12 };
  assert.deepEqual(frameOf(`    at eval (${made})`), {
    ...place,
    functionName: 'eval',
    origin: 'package',
    packageName: 'ejs',
  });
  const twice = `eval at outer (${made}), <anonymous>:1:1`;
  assert.equal(frameOf(`    at inner (${twice})`).file, place.file);
});

test('what only waits for several promises is no frame', () => {
  assert.deepEqual(framesOf('    at async Promise.all (index 0)'), []);
});

test('frames of a minified bundle have the names and places of its source, led back once, whether Node follows source maps or not', async (t) => {
  const folder = await mkdtemp(path.join(packageRoot, 'build/test/frames-'));
  t.after(() => rm(folder, { recursive: true }));
  const source = [
    "import { framesOf } from 'heddle/watchdog';",
    '',
    'function innermost(): string {',
    "  return new Error('here').stack! + (process.argv[9] ? innermost() : '');",
    '}',
    'const [{ functionName, file, line, script, origin }] = framesOf(innermost()) as any;',
    'console.log(JSON.stringify({ functionName, file, line, origin, script: [file, script].map((name) => name.split(/[/.]/).at(-1)) }));',
  ];
  await writeFile(path.join(folder, 'program.ts'), source.join('\n'));
  const outfile = path.join(folder, 'out', 'bundle.mjs');
  await build({
    entryPoints: [path.join(folder, 'program.ts')],
    outfile,
    bundle: true,
    minify: true,
    sourcemap: true,
    platform: 'node',
    format: 'esm',
    external: ['heddle'],
    logLevel: 'error',
  });
  const expected = { functionName: 'innermost', file: path.join(folder, 'program.ts'), line: 4, origin: 'own' };
  const plain = await runNode([outfile]);
  assert.deepEqual(JSON.parse(plain.stdout), { ...expected, script: ['ts', 'mjs'] }, plain.stderr);
  const mapped = await runNode(['--enable-source-maps', outfile]);
  assert.deepEqual(JSON.parse(mapped.stdout), { ...expected, script: ['ts', 'ts'] }, mapped.stderr);
});
