import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, test } from 'node:test';
import { type Bundler, bundlers, root } from './support/builds.ts';
import { run } from './support/run.ts';

// Each program prints what a thread gives, and what the function gives when it is called directly.
const programs: Readonly<Record<string, string>> = {
  'what a parameter is given by default uses the variable outside, where the body has another of that name': `
    const ends = 1;
    const twice = (n) => n * 2;
    const f = (more = () => twice(ends), first = ends) => { var ends = 3; return [more(), first, ends]; };
    print(await deferToThread(f), f());`,
  'what a class calls while it is made finds constants that are written after it': `
    async function both() {
      class Loom extends base() { static made = Loom.name + base().width; }
      const f = () => [new Loom().width(), Loom.made.length];
      return [await deferToThread(f), f()];
    }
    function base() { return plain(); }
    const plain = () => class { width() { return 4; } };
    print(...await both());`,
  'a constant that is declared in one statement with others may be deferred by its name': `
    const ends = 1, f = (n) => n + ends, made = f(2);
    print(await deferToThread(f, made), f(made));`,
  'a text that eval runs as a value, and so without the variables around it, runs in a thread, too': `
    const f = () => (0, eval)('1 + 1');
    print(await deferToThread(f), f());`,
  'a pool that is made of itself, by mistake, is none of which to know the functions': `
    function never() { const pool = pool.with({}); return pool.defer(() => 1); }
    print(await deferToThread(() => 1), never.length + 1);`,
  'a function that is deferred again under another name has the values of that time': `
    let ends = 1;
    const f = (more) => ends + more;
    const again = (g, ...args) => deferToThread(g, ...args);
    const first = [await deferToThread(f, 1), f(1)];
    ends = 5;
    const second = [await again(f, 1), f(1)];
    print([first[0], second[0]], [first[1], second[1]]);`,
};

// What no text holds: without the plug-in it is refused, and so it is with it.
const refused: Readonly<Record<string, string>> = {
  'a property of a function that its text knows by another name': `
    const f = function self() { return self.unit; };
    f.unit = 'ends';
    print(await codeOf(deferToThread(f)));`,
  'a prototype that other code has got by an argument': `
    const inherits = (derived, base) => { derived.prototype = Object.create(base.prototype); };
    function Base() {}
    Base.prototype.width = () => 2;
    function Loom() {}
    inherits(Loom, Base);
    print(await codeOf(deferToThread(() => new Loom().width())));`,
  'a prototype that other code has got by a variable': `
    class Loom {}
    const proto = Loom.prototype;
    proto.width = () => 2;
    print(await codeOf(deferToThread(() => new Loom().width())));`,
};

const output = path.join(root, 'build/same-answers');
after(() => rm(output, { recursive: true, force: true }));

async function build(name: string, text: string, bundle: Bundler = bundlers.esbuild): Promise<string> {
  const dir = path.join(output, name.replaceAll(/\W+/g, '-'));
  await mkdir(dir, { recursive: true });
  const input = path.join(dir, 'main.js');
  const head = `import { deferToThread } from 'heddle';
    const print = (...both) => console.log(JSON.stringify(both));
    const codeOf = (call) => call.then((value) => value, (error) => error.code);`;
  await writeFile(input, head + text);
  await bundle({ input, dir, minify: false, format: 'esm', bundlesHeddle: false, plugged: true });
  return path.join(dir, 'program.mjs');
}

for (const [name, text] of Object.entries(programs)) {
  test(name, async () => {
    const [inThread, inline] = (await run(root, await build(name, text))) as unknown[];
    assert.deepEqual(inThread, inline);
  });
}

test('a member whose name is computed from the this of the surroundings ends the build', async () => {
  const text = `const loom = { key: 'a', members() {
      return deferToThread(() => { class Box { static [this.key] = 1; } return Object.keys(Box); });
    } };
    print(await codeOf(loom.members()));`;
  await assert.rejects(build('computed-name', text), /HEDDLE_CAPTURES_THIS/);
});

for (const [name, text] of Object.entries(refused)) {
  test(`${name} is not lost without a word`, async () => {
    assert.deepEqual(await run(root, await build(name, text)), ['HEDDLE_CAPTURES_UNCLONABLE']);
  });
}

test('an export whose name is no identifier is imported by its name', async () => {
  const dir = path.join(output, 'named-by-text');
  await mkdir(dir, { recursive: true });
  const loom = `import { deferToThread } from 'heddle';
    const width = (ends) => ends * 2;
    export { width as 'of the loom' };
    export const both = async () => [await deferToThread(width, 3), width(3)];`;
  await writeFile(path.join(dir, 'loom.js'), loom);
  const program = await build('named-by-text', `const { both } = await import('./loom.js'); print(...await both());`);
  assert.deepEqual(await run(root, program), [6, 6]);
});

// What is passed on to a function of the program's own is captured at run time.
const deferringWithin = `
  import { iterateInThread } from 'heddle';
  const unit = 2;
  const again = (f, ...args) => deferToThread(f, ...args);
  const twice = async (n) => n + (await deferToThread((m) => m * unit, n));
  async function* widths(n) { yield n + (await deferToThread((m) => m + unit, n)); }
  const iterate = (f, ...args) => iterateInThread(f, ...args);
  const items = [];
  for await (const item of iterate(widths, 3)) items.push(item);
  print([await again(twice, 3), await again(async (n) => twice(n), 4), ...items], [9, 12, 8]);`;

for (const [name, bundle] of Object.entries(bundlers)) {
  test(`what is captured at run time may itself defer functions: ${name}`, { timeout: 60_000 }, async () => {
    const program = await build(`within-${name}`, deferringWithin, bundle);
    const [inThread, inline] = (await run(root, program)) as unknown[];
    assert.deepEqual(inThread, inline);
  });
}

for (const [name, bundle] of Object.entries(bundlers)) {
  test(`a function may be deferred by a module that is imported in a circle, and runs first: ${name}`, async () => {
    const dir = path.join(output, `circle-${name}`);
    await mkdir(dir, { recursive: true });
    const loom = `import { deferToThread } from 'heddle';
      import { first } from './weft.js';
      export function width(ends) { return deferToThread((n) => n * 2, ends); }
      export const both = async () => [await first, await width(4)];`;
    await writeFile(path.join(dir, 'loom.js'), loom);
    await writeFile(path.join(dir, 'weft.js'), `import { width } from './loom.js'; export const first = width(3);`);
    const text = `import { both } from './loom.js'; print(...(await both()));`;
    assert.deepEqual(await run(root, await build(`circle-${name}`, text, bundle)), [6, 8]);
  });
}

const deferringThemselves = `
  const unit = 1;
  async function down(n) { return n === 0 ? [unit] : [n, ...(await deferToThread(down, n - 1))]; }
  async function even(n) { return n === 0 || (await deferToThread(odd, n - 1)); }
  async function odd(n) { return n !== 0 && (await deferToThread(even, n - 1)); }
  print([await deferToThread(down, 2), await deferToThread(even, 3), await deferToThread(odd, 3)], [[2, 1, 1], false, true]);`;

for (const [name, bundle] of Object.entries(bundlers)) {
  test(`functions that defer themselves, or one another, have modules of their own: ${name}`, {
    timeout: 60_000,
  }, async () => {
    const program = await build(`themselves-${name}`, deferringThemselves, bundle);
    const [inThread, inline] = (await run(root, '--disallow-code-generation-from-strings', program)) as unknown[];
    assert.deepEqual(inThread, inline);
  });
}
