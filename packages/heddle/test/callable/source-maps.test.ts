import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type BuildOptions, buildSync, transformSync } from 'esbuild';

/** Programs whose positions only a source map leads back to what was written. */

const heddle = import.meta.resolve('heddle');

// Its first lines are gone when it is compiled, so that no line stays where it was.
const source = [
  'interface Box {',
  '  readonly n: number;',
  '}',
  '',
  "import { deferToThread } from 'heddle';",
  '',
  'declare const report: (what: unknown) => void;',
  'const box: Box = { n: 1 };',
  'const socket = process.stdout;',
  'const seen = new Set<number>();',
  '',
  'function fail(by: number): never {',
  "  const { stack } = new Error('made');",
  '  throw Object.assign(',
  '    new Error([by, box.n].join()),',
  '    { stack2: stack },',
  '  );',
  '}',
  '',
  'const show = (error: { message: string; stack: string; stack2?: string }): void => {',
  '  console.log(JSON.stringify(error.stack2 === undefined ? error.message : [error.stack, error.stack2]));',
  '};',
  'let total = 0;',
  'await deferToThread(fail, 2).catch(show);',
  'await deferToThread(function send() { return socket; }).catch(show);',
  'await deferToThread(function count() {',
  '  const before = 1;',
  '  total += before;',
  '}).catch(show);',
  'await deferToThread(show.bind(null) as () => void).catch(show);',
  "process.on('warning', ({ message }) => console.log(JSON.stringify(message)));",
  'await deferToThread(function remember(n: number) { return seen.add(n).size; }, 1);',
  'await new Promise((resolve) => setImmediate(resolve));',
].join('\n');

const lineOf = (text: string): number => source.split('\n').findIndex((line) => line.includes(text)) + 1;
const columnOf = (text: string): number => source.split('\n')[lineOf(text) - 1]!.indexOf(text) + 1;
const placeOf = (text: string): string => `${lineOf(text)}:${columnOf(text)}`;

describe('a program with a source map', () => {
  let folder = '';
  let original = '';

  before(() => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'heddle maps ü ')));
    mkdirSync(path.join(folder, 'src'));
    original = path.join(folder, 'src', 'main.ts');
    writeFileSync(original, source);
  });
  after(() => rmSync(folder, { recursive: true }));

  /** As tsx does it: the map stands in the text itself. */
  function transformed(sourcefile: string = original): string {
    const options = { loader: 'ts', format: 'esm', sourcemap: 'inline', sourcefile } as const;
    const file = path.join(folder, 'transformed.mjs');
    const { code } = transformSync(source.replace("'heddle'", JSON.stringify(heddle)), options);
    writeFileSync(file, code);
    return file;
  }

  function bundled(format: 'esm' | 'cjs'): string {
    const file = path.join(folder, format === 'esm' ? 'bundle.mjs' : 'bundle.cjs');
    // A bundle for require() has no top-level await. What it imports comes on the same line, so that lines stay.
    const inCommonJs = `(async () => { const { deferToThread } = await import(${JSON.stringify(heddle)});`;
    const contents =
      format === 'esm'
        ? source.replace("'heddle'", JSON.stringify(heddle))
        : `${source.replace(/import .*/, inCommonJs)}})();`;
    buildSync({
      stdin: { contents, loader: 'ts', sourcefile: 'src/main.ts', resolveDir: folder },
      absWorkingDir: folder,
      outfile: file,
      format,
      bundle: true,
      minify: true,
      keepNames: true,
      sourcemap: true,
      platform: 'node',
      external: [heddle],
      logLevel: 'silent',
    });
    return file;
  }

  test('a # in the path of a source is a letter of its name', () => {
    const file = path.join(folder, 'C#', 'main.ts');
    const [, handle] = run([transformed(file)]);
    assert.ok(String(handle).startsWith(`send (${file}:${placeOf('function send')}) captures `), String(handle));
  });

  test('in a text for eval, as webpack makes them: refusals name places in the source, or in what the text calls itself', () => {
    const written = 'let total = 0;\n\nexport const count = () => {\n  total += 1;\n};\n';
    const { code, map } = transformSync(written, {
      format: 'cjs',
      sourcemap: true,
      sourcefile: 'webpack://loom/count.ts',
    });
    const inline = `//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}`;
    const named = '//# sourceURL=webpack-internal:///./count.ts';
    const texts = [`{${code}\n${inline}\n${named}\n\n}`, `{${code}\n${named}\n\n}`, code];
    const file = path.join(folder, 'evaluates.cjs');
    writeFileSync(
      file,
      `const tell = ({ location: { file, line } }) => console.log(JSON.stringify([file, line]));
       const load = (text) => {
         const module = {};
         eval(text);
         return module.exports.count;
       };
       import(${JSON.stringify(heddle)}).then(async ({ deferToThread }) => {
         for (const text of ${JSON.stringify(texts)}) await deferToThread(load(text)).catch(tell);
       });`,
    );
    const line = code.split('\n').findIndex((text) => text.includes('const count =')) + 1;
    assert.deepEqual(run([file]), [
      ['webpack://loom/count.ts', 3],
      ['webpack-internal:///./count.ts', line],
      ['<anonymous>', line],
    ]);
  });

  test("in a text for AsyncFunction, as Vite's development server makes them: refusals name places in the source beside what the text calls itself", () => {
    const written = 'interface Box {}\n\nlet total = 0;\nexport const count = () => {\n  total += 1;\n};\n';
    const sourceFile = path.join(folder, 'src', 'count.ts');
    const tell = ({ location }: { location: unknown }) => console.log(JSON.stringify(location));
    const file = path.join(folder, 'runs.mjs');
    const { code, map } = transformSync(written, {
      loader: 'ts',
      format: 'cjs',
      sourcemap: true,
      sourcefile: 'count.ts',
    });
    // AsyncFunction puts two lines before its text.
    const payload = JSON.stringify({ ...JSON.parse(map), mappings: `;;${JSON.parse(map).mappings}` });
    const lines = [
      code,
      `//# sourceURL=${sourceFile.replaceAll(' ', '%20')}`,
      '//# sourceMappingSource=vite-generated',
      `//# sourceMappingURL=data:application/json;base64,${Buffer.from(payload).toString('base64')}`,
      '',
    ];
    writeFileSync(
      file,
      `import { deferToThread } from ${JSON.stringify(heddle)};
       const AsyncFunction = (async () => {}).constructor;
       const module = {};
       await new AsyncFunction('module', ${JSON.stringify(lines.join('\n'))})(module);
       await deferToThread(module.exports.count).catch(${tell});`,
    );
    assert.deepEqual(run([file]), [{ file: sourceFile, line: 4, column: 22 }]);
  });

  for (const sourcemap of [true, false]) {
    test(`a function of a package that is a part of the bundle ${sourcemap ? 'with' : 'without'} a source map: the refusal says to keep the package out of it`, () => {
      const loom = path.join(folder, 'node_modules', '@loom', 'core');
      mkdirSync(loom, { recursive: true });
      writeFileSync(path.join(loom, 'package.json'), '{"name":"@loom/core","type":"module","main":"index.js"}');
      const index =
        'export function weave() {}\nweave.defaults = {};\nlet n = 0;\nexport const next = () => (n += 1);\n';
      writeFileSync(path.join(loom, 'index.js'), index);
      const contents = `import { deferToThread } from ${JSON.stringify(heddle)};
      import { next, weave } from '@loom/core';
      const tell = (error) => console.log(JSON.stringify(error.message));
      await deferToThread(weave).catch(tell);
      await deferToThread(() => next()).catch(tell);`;
      const outfile = path.join(folder, 'with-package.mjs');
      const stdin = { contents, resolveDir: folder };
      const options: BuildOptions = {
        stdin,
        outfile,
        absWorkingDir: folder,
        bundle: true,
        format: 'esm',
        platform: 'node',
      };
      buildSync({ ...options, sourcemap, external: [heddle] });
      const messages = run([outfile]);
      assert.equal(messages.length, 2);
      for (const message of messages) {
        assert.match(
          String(message),
          /keep the package @loom\/core out of .*serverExternalPackages: \['@loom\/core'\]/,
        );
        assert.doesNotMatch(String(message), /Export it|Return the new value/);
      }
    });
  }

  test("an instance that a module of a bundle exports, or one of a development server's: the refusal says that such a module has to stay out", () => {
    const sourcefile = path.join(folder, 'instances.mjs');
    writeFileSync(path.join(folder, 'loom.mjs'), 'export const loom = new (class Loom { weave() {} })();\n');
    const contents = `import { deferToThread } from ${JSON.stringify(heddle)};
      import { loom } from './loom.mjs';
      console.error(${JSON.stringify('threads '.repeat(200))});
      await deferToThread(() => loom.weave()).catch((error) => console.log(JSON.stringify(error.message)));`;
    writeFileSync(sourcefile, contents);
    const stdin = { contents, resolveDir: folder, sourcefile };
    const outfile = path.join(folder, 'with-instance.mjs');
    const options: BuildOptions = {
      stdin,
      outfile,
      absWorkingDir: folder,
      bundle: true,
      format: 'esm',
      platform: 'node',
    };
    const external = [heddle];
    const text = path.join(folder, 'text.mjs');
    writeFileSync(
      text,
      `import { deferToThread } from ${JSON.stringify(heddle)};
       const AsyncFunction = (async () => {}).constructor;
       const module = { loom: new (class Loom { weave() {} })() };
       const text = 'module.weave = () => module.loom.weave();\\n//# sourceURL=/src/text.js';
       await new AsyncFunction('module', text)(module);
       await deferToThread(module.weave).catch((error) => console.log(JSON.stringify(error.message)));`,
    );
    for (const make of [
      () => buildSync({ ...options, external, sourcemap: true }),
      () => buildSync({ ...options, external }),
      () => buildSync({ ...options, external, minify: true }),
      () => text,
    ]) {
      const made = make();
      const [message] = run([typeof made === 'string' ? made : outfile]);
      assert.match(String(message), / has to stay out of the bundle, or of what a development server .* has made/);
    }
    buildSync({ ...options, external: [heddle, './loom.mjs'] });
    assert.deepEqual(run([outfile]), []);
    const file = path.join(folder, 'instance.mjs');
    const alone = contents.replace("import { loom } from './loom.mjs'", 'const loom = new (class Loom {})()');
    const { code } = transformSync(alone, { minifyWhitespace: true, sourcemap: 'inline', sourcefile: 'loom.ts' });
    // Of which file something is said, people may write in a line of its own.
    for (const written of [alone, code, `// config.js\n${alone}`]) {
      writeFileSync(file, written);
      const [message] = run([file]);
      assert.match(String(message), /captures loom, a Loom\..*export it from a module of its own/);
      assert.doesNotMatch(String(message), /bundle/);
    }
  });

  for (const [kind, write] of [
    ['in the text', () => transformed()],
    ['beside a minified ES module bundle', () => bundled('esm')],
    ['beside a minified CommonJS bundle', () => bundled('cjs')],
  ] as const) {
    test(`${kind}: refusals and warnings name places in the source`, () => {
      const [, handle, assigns, bound, snapshot] = run([write()]);
      assert.ok(String(handle).startsWith(`send (${original}:${placeOf('function send')}) captures `), String(handle));
      assert.match(String(assigns), new RegExp(`^count \\(.*:${placeOf('function count')}\\) assigns to `));
      assert.match(String(assigns), new RegExp(`\\(line ${lineOf('total +=')}\\)`));
      assert.match(
        String(bound),
        new RegExp(`^bound show \\(.*main\\.ts:${lineOf('const show')}:\\d+\\) was made by bind`),
      );
      assert.match(String(snapshot), new RegExp(`^remember \\(.*main\\.ts:${placeOf('function remember')}\\) uses `));
    });

    test(`${kind}: stacks name places in the source where Node honours source maps`, () => {
      const setting = path.join(folder, 'set.cjs');
      writeFileSync(setting, 'process.setSourceMapsEnabled(true);');
      const file = write();
      for (const flags of [['--enable-source-maps'], ['--require', setting]]) {
        const [stacks] = run([...flags, file]) as [string[]];
        const [thrown, made] = stacks.map((stack) => stack.split('\n')[1]);
        assert.ok(thrown?.includes(`${original}:${placeOf('new Error([by')}`), thrown);
        assert.ok(made?.includes(`${original}:${placeOf("new Error('made")}`), made);
        assert.equal(stacks[0]?.includes('thread.cjs'), false, stacks[0]);
      }
    });

    test(`${kind}: stacks stay as they are where Node does not honour source maps`, () => {
      const file = write();
      const [stacks] = run([file]) as [string[]];
      const frame = stacks[0]?.split('\n')[1];
      assert.ok(frame?.includes(path.basename(file)), frame);
      assert.ok(!frame?.includes('main.ts'), frame);
    });
  }
});

function run(args: readonly string[]): unknown[] {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 30_000 });
  assert.equal(status, 0, stderr);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
}
