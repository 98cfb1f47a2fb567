import fc from 'fast-check';

/**
 * Random modules, each with a call that takes an inline function, which uses the module's constants, functions and
 * classes, what surrounds the call, and what shadows any of these. Every name below is a number, or gives one, so
 * every random expression means something. All of it can go by an address: nothing is left to run time.
 */

const name = fc.constantFrom('a', 'b', 'c', 'd');
const helper = fc.constantFrom('helper1', 'helper2', 'helper3');

/** An expression over the names in reach; `fuel` bounds how deep functions call one another. */
const expression: fc.Arbitrary<string> = fc.letrec<{ expression: string; leaf: string; compound: string }>((tie) => ({
  leaf: fc.oneof(
    fc.integer({ min: -9, max: 9 }).map((n) => `(${n})`),
    name,
    fc.constantFrom(
      'K1',
      'K2',
      'count',
      'box.value',
      'box.deep.list[1]!',
      'box.deep.list.length',
      "table.get('one')!",
      'Counter.step',
      'imported',
      'byDefault',
      'work.imported',
      'Level.High',
      'one()',
    ),
  ),
  compound: fc.oneof(
    fc
      .tuple(tie('expression'), fc.constantFrom('+', '-', '*'), tie('expression'))
      .map((parts) => `(${parts.join(' ')})`),
    fc
      .tuple(name, tie('expression'), tie('expression'))
      .map(([x, body, value]) => `((${x}: number) => ${body})(${value})`),
    fc
      .tuple(name, tie('expression'), tie('expression'))
      .map(([x, preset, body]) => `((${x} = ${preset}) => ${body})()`),
    fc
      .tuple(name, tie('expression'), tie('expression'))
      .map(([x, value, body]) => `(({ ${x}, deep: [] }) => ${body})({ ${x}: ${value}, deep: [2] })`),
    fc
      .tuple(name, tie('expression'), tie('expression'))
      // The value stands outside: a name that is used before it has one throws, but not where a minifier drops it unused.
      .map(
        ([x, value, body]) =>
          `(() => { const before = K1, value = ${value}; { const ${x} = value; return before + ${body}; } })()`,
      ),
    fc
      .tuple(name, tie('expression'))
      .map(
        ([x, body]) =>
          `(function again(n: number, ${x}: number): number { return n <= 0 ? ${body} : again(n - 1, ${x} + 1); })(2, 1)`,
      ),
    fc.tuple(helper, tie('expression')).map(([f, value]) => `${f}(fuel - 1, ${value})`),
    fc.tuple(tie('expression')).map(([value]) => `new Counter(${value}).next()`),
    fc.tuple(name, tie('expression')).map(([x, body]) => `[1, 2].reduce((sum, ${x}) => sum + ${body}, 0)`),
    fc.tuple(tie('expression'), tie('expression')).map(([x, y]) => `work.add(${x}, ${y})`),
  ),
  expression: fc.oneof({ depthSize: 'small', withCrossShrink: true }, tie('leaf'), tie('compound')),
})).expression;

const shape = fc.constantFrom<((outer: string, body: string) => string)[]>(
  (_outer, body) => `(b: number) => ${body}`,
  (outer, body) => `(b: number, d = ${outer}) => inner(${body})`,
  (outer, body) => `async function named(b: number) { const c = await (${outer}); return ${body}; }`,
  (outer, body) =>
    `(b: number) => { var result = ${outer}; for (const a of [1, 2]) { result += ${body}; } return result; }`,
  (outer, body) =>
    `(b: number) => { const helper1 = (fuel: number, a: number) => fuel + a; return helper1(1, ${outer}) + ${body}; }`,
  (outer, body) =>
    `(b: number) => { class Counter extends Base { static step = 9; constructor(readonly n: number) { super(); } next() { return ${outer}; } } return new Counter(b).next() + ${body}; }`,
  (outer, body) => `(b: number) => [${outer}].map(function (d) { return d + ${body}; })[0]`,
  (outer, body) => `(b: number) => [...(function* () { yield ${outer}; yield ${body}; })()].join()`,
  // A name that is used before it has a value throws, and in words that name it as the bundler does: it goes on.
  (outer, body) =>
    `(b: number) => { try { throw ${outer}; } catch (a) { if (a instanceof Error) throw a; let c = Number(a); c += 1; return c + ${body}; } }`,
);

/** The text of a module whose `run` gives what an inline function gives here, and in a thread. */
export const randomModule: fc.Arbitrary<string> = fc
  .record({ helpers: fc.tuple(expression, expression, expression), outer: expression, body: expression, shape })
  .map(({ helpers: [first, second, third], outer, body, shape: make }) =>
    [
      "import { deferToThread } from 'heddle';",
      "import byDefault, { imported } from './work.ts';",
      "import * as work from './work.ts';",
      'const K1 = 3, K2 = -2;',
      'const box = { value: 5, deep: { list: [7, 8, 9] }, socket: process.stdout };',
      "const table = new Map([['one', 1]]);",
      'let count = 1;',
      'count += 1;',
      'enum Level { Low = 1, High = Low + 2 }',
      'class Base { static step: number = 4; }',
      'class Counter extends Base { #at: number; constructor(at: number) { super(); this.#at = at; } next() { return this.#at + Counter.step; } }',
      'const one = () => Level.Low;',
      `function helper1(fuel: number, c: number, d = K2): number { const a = 1, b = 2; if (fuel <= 0) return c; return ${first}; }`,
      `const helper2 = (fuel: number, c: number, d = K2): number => { const a = 1, b = 2; if (fuel <= 0) return c; return ${second}; };`,
      `export function helper3(fuel: number, c: number, d = K2): number { const a = 1, b = 2; if (fuel <= 0) return c; return ${third}; }`,
      'export async function run(a: number, b: number): Promise<unknown[]> {',
      '  const c = a + 1; const fuel = 2; let d = 4; const inner = (x: number) => x + c + d;',
      `  const f = ${make(outer, body)};`,
      '  const outcome = async (call: () => unknown) => { try { return String(await call()); } catch (error) { return (error as Error).name; } };',
      `  return [await outcome(() => f(3)), await outcome(() => deferToThread(${make(outer, body)}, 3)), await outcome(() => deferToThread(f, 3))];`,
      '}',
    ].join('\n'),
  );
