import fc from 'fast-check';
import { destructuring, flow, loops, members, objects, shadows } from './random-forms.ts';

/**
 * Random modules, each with functions that are not exported and use one another, the module's
 * constants, what surrounds them and what they shadow of that. Every name below is a number, or a
 * function of numbers, so every random expression means something.
 */

const HELPERS = ['helper1', 'helper2', 'helper3'] as const;

export const name: fc.Arbitrary<string> = fc.constantFrom('a', 'b', 'c', 'd');

/** What every place of the module may use. */
const KNOWN = [
  ['K1', 'K2', 'box.value', 'box.deep.list[1]', 'box.deep.list.length', "table.get('one')", 'Counter.step'],
  ['imported', 'space.imported', "space['imported']", 'space.nested.value', 'Object.keys(space).length'],
  ['Gauge.base', 'Gauge.top', 'box[key]', 'process.pid', 'Math.max(1, 2)', 'Array.of(1, 2).length'],
  ['(box === sameBox ? 1 : 2)', '(tools === sameTools ? 1 : 2)', 'box.getter', 'holder.value'],
].flat();

const leaf: fc.Arbitrary<string> = fc.oneof(
  fc.integer({ min: -9, max: 9 }).map((n) => `(${n})`),
  name,
  fc.constantFrom(...KNOWN),
);

/** An expression over the names in reach; `fuel` bounds how deep functions call one another. */
const expression: fc.Arbitrary<string> = fc.letrec<{ expression: string; compound: string }>((tie) => {
  const part = tie('expression');
  return {
    compound: fc.oneof(
      fc.tuple(part, fc.constantFrom('+', '-', '*'), part).map((parts) => `(${parts.join(' ')})`),
      fc.tuple(fc.constantFrom(...HELPERS), part).map(([helper, value]) => `${helper}(fuel - 1, ${value})`),
      ...shadows(name, part),
      ...destructuring(name, part),
      ...loops(name, part),
      ...flow(name, part),
      ...objects(name, part),
      ...members(part),
    ),
    expression: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, tie('compound')),
  };
}).expression;

/** The text of a module whose `make(a, b)` gives a closure that no module exports. */
export const randomModule: fc.Arbitrary<string> = fc
  .record({
    helpers: fc.tuple(expression, expression, expression),
    outer: expression,
    body: expression,
    surroundings: fc.subarray([
      'const process = { pid: 7 };',
      'const Math = { max: (x, y) => x - y };',
      'const Array = { of: (...all) => ({ length: all.length * 2 }) };',
      'const imported = a + 40;',
      "const key = 'other';",
      'const space = { imported: 5, nested: { value: a }, twice: (n) => n * 3 };',
    ]),
    shape: shapes(),
  })
  .map(({ helpers, outer, body, surroundings, shape }) =>
    [
      "import { imported } from './imported.mjs';",
      "import * as space from './imported.mjs';",
      "import twice, { twice as again } from './imported.mjs';",
      "const K1 = 3, K2 = -2, key = 'value';",
      'let changing = 1; changing += 2;',
      'const box = { value: 5, other: 6, deep: { list: [7, 8, 9] }, get getter() { return 4; } };',
      'const sameBox = box;',
      'const holder = { value: 8, socket: process.stdout };',
      'const nothing = null;',
      "const table = new Map([['one', 1]]);",
      'class Counter { static step = K1; #at; constructor(at) { this.#at = at; } next() { return this.#at + Counter.step; } }',
      'class Gauge extends Counter {',
      '  static base; static #made = 1; static { const b = K2; this.base = b * 2 + changing; Gauge.#made += 1; }',
      "  static get top() { return Gauge.#made; } get level() { return this.next() + Gauge.top; } ['at' + K1](n) { return n; }",
      '}',
      'const tools = { by: 2, join(x, y) { return x * this.by + y; }, tag(strings, ...values) { return strings.length + values.length * this.by; } };',
      'const sameTools = tools;',
      'const count = (strings, ...values) => strings.raw.join().length + values.reduce((sum, value) => sum + value, 0);',
      'function* steps(n) { for (let i = 0; i < n; i++) yield i + K1; }',
      'const inner = { m: 2 };',
      'const state = { n: 1, inner };',
      'const view = { inner, socket: process.stdout };',
      'function touch(by) { state.n += by; inner.m += 1; return state.inner.m; }',
      'const isEven = (n) => n === 0 || isOdd(n - 1);',
      'function isOdd(n) { return n !== 0 && isEven(n - 1); }',
      ...HELPERS.map(
        (helper, index) =>
          `function ${helper}(fuel, c, d = K2) { const a = 1, b = 2; if (fuel <= 0) return c; return ${helpers[index]}; }`,
      ),
      `export function make(a, b) { const c = a + 1; const fuel = 2; let d = 4; ${surroundings.join(' ')} const within = (x) => x + c + d; return ${shape(outer, body)}; }`,
    ].join('\n'),
  );

/** What the closure itself looks like, and how it comes about. */
function shapes(): fc.Arbitrary<(outer: string, body: string) => string> {
  return fc.constantFrom<((outer: string, body: string) => string)[]>(
    (_outer, body) => `(b) => ${body}`,
    (outer, body) => `(b, d = ${outer}) => within(${body})`,
    (outer, body) => `async function named(b) { const c = await (${outer}); return ${body}; }`,
    (outer, body) => `((c) => (b) => ${body})(${outer})`,
    (outer, body) => `({ method(b) { return within(${body}) + ${outer}; } }).method`,
    (outer, body) => `({ async ['computed' + K1](b) { return ${body} + (await ${outer}); } }).computed3`,
    (outer, body) => `class { static make(b) { return ${body} - ${outer}; } }.make`,
    (outer, body) =>
      `function* () {} && ((b) => { var result = ${outer}; for (const a of [1, 2]) { result += ${body}; } return result; })`,
    (outer, body) => `(() => { for (const d of [${outer}, 2]) if (d === 2) return (b) => ${body} + d; })()`,
    (outer, body) => `(() => { try { throw ${outer}; } catch (c) { return function (b) { return ${body} + c; }; } })()`,
    (outer, body) =>
      `(() => { const first = (b, n) => n <= 0 ? ${body} : second(b, n - 1); const second = (b, n) => first(b, n) + ${outer}; return (b) => first(b, 2); })()`,
    (outer, body) =>
      `(() => { const own = ${outer}; class Local extends Gauge { static by = own + K2; get level() { return super.level + Local.by; } } return (b) => new Local(${body}).level; })()`,
  );
}
