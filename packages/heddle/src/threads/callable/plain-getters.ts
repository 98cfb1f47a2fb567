// `() => name`, `function () { return name; }` and `return m[k]`: what compilers write for the exports of a module.
const PLAIN = /^(?:get )?(?:\(\)\s*=>\s*|(?:function\s*)?[\w$]*\s*\(\)\s*\{\s*return\s+)[\w$]+(?:\.[\w$]+|\[[\w$]+\])?;?\s*\}?$/;

/**
 * The exports that a compiled CommonJS module gives through getters which do nothing but name a variable; others
 * are not called, for they may do anything. Undefined where the module has none.
 */
export function plainlyGiven(exports: object): object | undefined {
  const values: Record<string, unknown> = Object.create(null);
  for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(exports))) {
    if (get === undefined || !PLAIN.test(Function.prototype.toString.call(get))) continue;
    try {
      values[name] = Reflect.apply(get, exports, []);
    } catch {
      // A variable in its dead zone.
    }
  }
  return Object.keys(values).length === 0 ? undefined : values;
}
