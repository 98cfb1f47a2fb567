import fc from 'fast-check';

/** The forms that random expressions are made of: each takes names and expressions, and is an expression itself. */

type Name = fc.Arbitrary<string>;
type Expression = fc.Arbitrary<string>;
type Forms = Expression[];

/** Functions whose parameters and declarations hide what surrounds them. */
export function shadows(name: Name, part: Expression): Forms {
  return [
    fc.tuple(name, part, part).map(([x, body, value]) => `((${x}) => ${body})(${value})`),
    fc.tuple(name, part, part).map(([x, preset, body]) => `((${x} = ${preset}) => ${body})()`),
    fc
      .tuple(name, name, part)
      .map(([x, y, body]) => `((${x}, read = () => ${y}) => { var ${x} = 1; return read() + ${body}; })(2)`),
    fc
      .tuple(name, part, part)
      .map(
        ([x, value, body]) => `(() => { const before = K1; { const ${x} = ${value}; return before + ${body}; } })()`,
      ),
    fc
      .tuple(name, part)
      .map(([x, body]) => `(function again(n, ${x}) { return n <= 0 ? ${body} : again(n - 1, ${x} + 1); })(2, 1)`),
    fc
      .tuple(part, part)
      .map(([value, body]) => `((imported, process) => ${body} + imported + process.pid)(${value}, { pid: 1 })`),
    fc
      .tuple(part, part)
      .map(([value, body]) => `(() => { return tools(1); function tools(K1) { return ${body} + K1 * ${value}; } })()`),
    fc.tuple(part).map(([body]) => `(() => { class Counter { at = ${body}; } return new Counter().at; })()`),
    fc.tuple(part).map(([body]) => `(typeof undeclared === 'undefined' ? ${body} : undeclared)`),
    fc.tuple(part).map(([body]) => `(function () { return arguments.length + ${body}; })(1, 2)`),
  ];
}

export function destructuring(name: Name, part: Expression): Forms {
  return [
    fc
      .tuple(name, name, part, part)
      .map(
        ([x, y, value, body]) => `(({ ${x}, deep: [${y === x ? '' : y}] }) => ${body})({ ${x}: ${value}, deep: [2] })`,
      ),
    fc
      .tuple(name, part, part, part)
      .map(
        ([x, first, second, body]) =>
          `(({ ${x} = ${first}, ...others }, [one = ${second}, ...rest] = []) => ${body} + one + rest.length + Object.keys(others).length)({ e: 1 }, [undefined, 2])`,
      ),
    fc
      .tuple(name, part)
      .map(
        ([x, body]) => `(() => { const { deep: { list: [, ${x}, ...more] } } = box; return ${body} + more.length; })()`,
      ),
    fc
      .tuple(name, part)
      .map(([x, body]) => `(() => { const { value: ${x}, missing = K2 } = box; return ${body} + missing; })()`),
    fc.tuple(name, part, part).map(([x, value, body]) => `(({ [key]: ${x} = ${value} }) => ${body})(box)`),
    fc
      .tuple(name, part, part)
      .map(
        ([x, value, body]) =>
          `(() => { let ${x}; [${x} = ${value}] = []; ({ f: ${x} } = { f: ${x} + 1 }); return ${body}; })()`,
      ),
    fc
      .tuple(part)
      .map(
        ([value]) =>
          `(() => { const { size } = table, { length } = box.deep.list; return size + length + ${value}; })()`,
      ),
  ];
}

export function loops(name: Name, part: Expression): Forms {
  return [
    fc.tuple(name, part).map(([x, body]) => `[1, 2].reduce((sum, ${x}) => sum + ${body}, 0)`),
    fc
      .tuple(name, part)
      .map(
        ([x, body]) =>
          `(() => { const made = []; for (let ${x} = 0; ${x} < 2; ${x}++) made.push(() => ${body}); return made.reduce((sum, one) => sum + one(), 0); })()`,
      ),
    fc
      .tuple(name, part)
      .map(
        ([x, body]) =>
          `(() => { let sum = 0; ${x}: for (const ${x} of [1, 2, 3]) { for (;;) { if (${x} > 2) break ${x}; sum += ${body}; continue ${x}; } } return sum; })()`,
      ),
    fc
      .tuple(name, part)
      .map(([x, body]) => `(() => { let sum = 0; for (var ${x} in [5, 6]) sum += ${body} * ${x}; return sum; })()`),
    fc
      .tuple(name, part, part)
      .map(([x, value, body]) => `(() => { for (const { ${x} = ${value} } of [{}]) return ${body}; })()`),
    fc.tuple(part).map(([body]) => `[...steps(2)].reduce((sum, value) => sum + value, ${body})`),
    fc.tuple(name, part).map(([x, body]) => `[...(function* (${x}) { yield ${body}; yield* steps(${x}); })(2)][0]`),
  ];
}

export function flow(name: Name, part: Expression): Forms {
  return [
    fc
      .tuple(name, part, part)
      .map(([x, value, body]) => `(() => { try { throw ${value}; } catch (${x}) { return ${body}; } })()`),
    fc
      .tuple(name, part)
      .map(
        ([x, body]) =>
          `(() => { try { throw [1, 2]; } catch ({ length: ${x} }) { { let ${x} = 3; } return ${body}; } finally { K1; } })()`,
      ),
    fc
      .tuple(name, part, part)
      .map(
        ([x, value, body]) =>
          `(() => { switch (K1) { case 1: let ${x}; default: ${x} = ${value}; return ${body}; } })()`,
      ),
    fc.tuple(part, part).map(([yes, no]) => `(isEven(3) ? ${yes} : ${no})`),
    fc.tuple(part, part).map(([x, y]) => `(nothing?.[${x}] ?? ${y})`),
    fc.tuple(part).map(([x]) => `(box?.missing?.deep.er ?? box?.deep?.list?.[0] + ${x})`),
    fc.tuple(part).map(([x]) => `(box.deep.missing?.(${x}) ?? 1)`),
    fc.tuple(part, part).map(([x, y]) => `(${x}, ${y})`),
    fc.tuple(part).map(([x]) => `(('value' in box) + ('gone' in box.deep) * ${x})`),
  ];
}

export function objects(name: Name, part: Expression): Forms {
  return [
    fc.tuple(part).map(([value]) => `new Counter(${value}).next()`),
    fc.tuple(part).map(([value]) => `new Gauge(${value}).level`),
    fc.tuple(part).map(([value]) => `new Gauge(1).at3(${value})`),
    fc.tuple(part, part).map(([x, y]) => `({ [key]: ${x}, ['k' + K1]: ${y} }).k3`),
    fc.tuple(name, part).map(([x, body]) => `({ get ${x}() { return ${body}; } }).${x}`),
    fc.tuple(name, part).map(([x, body]) => `({ ${x}() { return ${body}; } }).${x}()`),
    fc
      .tuple(part, part)
      .map(
        ([x, y]) =>
          `new (class { static s = ${y}; static { this.s += 1; } #p() { return ${x}; } get q() { return this.#p() + this.constructor.s; } })().q`,
      ),
    fc.tuple(part).map(([x]) => `new (class extends Counter { ['n' + 1]() { return super.next() + ${x}; } })(1).n1()`),
    fc
      .tuple(part, part)
      .map(([x, y]) => `{ x: ${x}, ...{ y: ${y} } }`)
      .map((object) => `Object.values(${object}).length`),
  ];
}

/** Methods of what is captured, templates, and what is imported. */
export function members(part: Expression): Forms {
  return [
    fc.tuple(part).map(([x]) => `(touch(${x}) + state.n)`),
    fc.tuple(part).map(([x]) => `(touch(${x}), view.inner.m + state.inner.m)`),
    fc.tuple(part, part).map(([x, y]) => `tools.join(${x}, ${y})`),
    fc.tuple(part, part).map(([x, y]) => `tools.join?.(${x}, ${y})`),
    fc.tuple(part).map(([x]) => `\`\${${x}} \${K1}\`.length`),
    fc.tuple(part).map(([x]) => `count\`x\${${x}}\\n\``),
    fc.tuple(part).map(([x]) => `tools.tag\`\${${x}}\``),
    fc.tuple(part).map(([x]) => `space.twice(${x})`),
    fc.tuple(part).map(([x]) => `twice(${x}) + again(1)`),
    fc.tuple(part).map(([x]) => `[...box.deep.list, ${x}].length`),
  ];
}
