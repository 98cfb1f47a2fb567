import fc from 'fast-check';

/**
 * Random modules, each with functions that are not exported and use one another, the module's
 * constants, what surrounds them and what they shadow of that. Every name below is a number, or a
 * function of numbers, so every random expression means something.
 */

const NAMES = ['a', 'b', 'c', 'd'] as const;
const CONSTANTS = ['K1', 'K2'] as const;
const HELPERS = ['helper1', 'helper2', 'helper3'] as const;

const name = fc.constantFrom(...NAMES);

/** An expression over the names in reach; `calls` bounds how deep functions call one another. */
const expression: fc.Arbitrary<string> = fc.letrec<{ expression: string; leaf: string; compound: string }>((tie) => ({
  leaf: fc.oneof(
    fc.integer({ min: -9, max: 9 }).map((n) => `(${n})`),
    name,
    fc.constantFrom(...CONSTANTS),
    fc.constantFrom(
      'box.value',
      'box.deep.list[1]',
      'box.deep.list.length',
      "table.get('one')",
      'Counter.step',
      'imported',
    ),
  ),
  compound: fc.oneof(
    fc
      .tuple(tie('expression'), fc.constantFrom('+', '-', '*'), tie('expression'))
      .map((parts) => `(${parts.join(' ')})`),
    fc.tuple(name, tie('expression'), tie('expression')).map(([x, body, value]) => `((${x}) => ${body})(${value})`),
    fc
      .tuple(name, tie('expression'), tie('expression'))
      .map(([x, preset, body]) => `((${x} = ${preset}) => ${body})()`),
    fc
      .tuple(name, name, tie('expression'), tie('expression'))
      .map(
        ([x, y, value, body]) => `(({ ${x}, deep: [${y === x ? '' : y}] }) => ${body})({ ${x}: ${value}, deep: [2] })`,
      ),
    fc
      .tuple(name, tie('expression'), tie('expression'))
      .map(
        ([x, value, body]) => `(() => { const before = K1; { const ${x} = ${value}; return before + ${body}; } })()`,
      ),
    fc
      .tuple(name, tie('expression'))
      .map(([x, body]) => `(function again(n, ${x}) { return n <= 0 ? ${body} : again(n - 1, ${x} + 1); })(2, 1)`),
    fc.tuple(fc.constantFrom(...HELPERS), tie('expression')).map(([helper, value]) => `${helper}(fuel - 1, ${value})`),
    fc.tuple(tie('expression')).map(([value]) => `new Counter(${value}).next()`),
    fc.tuple(name, tie('expression')).map(([x, body]) => `[1, 2].reduce((sum, ${x}) => sum + ${body}, 0)`),
    fc.tuple(tie('expression'), tie('expression')).map(([x, y]) => `tools.join(${x}, ${y})`),
  ),
  expression: fc.oneof({ depthSize: 'small', withCrossShrink: true }, tie('leaf'), tie('compound')),
})).expression;

/** The text of a module whose `make(a, b)` gives a closure that no module exports. */
export const randomModule: fc.Arbitrary<string> = fc
  .record({
    helpers: fc.tuple(expression, expression, expression),
    outer: expression,
    body: expression,
    shape: shapes(),
  })
  .map(({ helpers, outer, body, shape }) =>
    [
      "import { imported } from './imported.mjs';",
      'const K1 = 3, K2 = -2;',
      'const box = { value: 5, deep: { list: [7, 8, 9] }, socket: process.stdout };',
      "const table = new Map([['one', 1]]);",
      'class Counter { static step = K1; #at; constructor(at) { this.#at = at; } next() { return this.#at + Counter.step; } }',
      'const tools = { by: 2, join(x, y) { return x * this.by + y; } };',
      ...HELPERS.map(
        (helper, index) =>
          `function ${helper}(fuel, c, d = K2) { const a = 1, b = 2; if (fuel <= 0) return c; return ${helpers[index]}; }`,
      ),
      `export function make(a, b) { const c = a + 1; const fuel = 2; let d = 4; const inner = (x) => x + c + d; return ${shape(outer, body)}; }`,
    ].join('\n'),
  );

function shapes(): fc.Arbitrary<(outer: string, body: string) => string> {
  return fc.constantFrom<((outer: string, body: string) => string)[]>(
    (_outer, body) => `(b) => ${body}`,
    (outer, body) => `(b, d = ${outer}) => inner(${body})`,
    (outer, body) => `async function named(b) { const c = await (${outer}); return ${body}; }`,
    (outer, body) => `((c) => (b) => ${body})(${outer})`,
    (outer, body) => `({ method(b) { return inner(${body}) + ${outer}; } }).method`,
    (outer, body) =>
      `function* () {} && ((b) => { var result = ${outer}; for (const a of [1, 2]) { result += ${body}; } return result; })`,
  );
}
