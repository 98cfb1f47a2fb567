// `() => name`, `() => name.key`, `function () { return m[k]; }`: what compilers write for the exports of a module, and
// `() => (/* binding */ name)`, as webpack does.
const NAME = String.raw`[\w$]+(?:\.[\w$]+|\[[\w$]+\])?`;
const VARIABLE = String.raw`(?:${NAME}|\(\/\*[\w ]+\*\/\s*${NAME}\))`;
const FUNCTION = new RegExp(
  String.raw`^(?:\(\)\s*=>\s*${VARIABLE}|function\s*[\w$]*\s*\(\)\s*\{\s*return\s+${VARIABLE};?\s*\})$`,
);
const METHOD = new RegExp(String.raw`^get [\w$]+\s*\(\)\s*\{\s*return\s+${VARIABLE};?\s*\}$`);

/**
 * The exports that a compiled CommonJS module gives through getters which do nothing but name a variable; others
 * are not called, for they may do anything. Undefined where the module has none.
 */
export function plainlyGiven(exports: object): object | undefined {
  const values: Record<string, unknown> = Object.create(null);
  for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(exports))) {
    if (get === undefined || !isPlain(get)) continue;
    try {
      values[name] = Reflect.apply(get, exports, []);
    } catch {
      // A variable in its dead zone.
    }
  }
  return Object.keys(values).length === 0 ? undefined : values;
}

/** The function that a compiler has made the getter of a property, if it names a variable and no more. */
export function plainGetter(object: object, key: string): Function | undefined {
  const get = Object.getOwnPropertyDescriptor(object, key)?.get;
  return get !== undefined && FUNCTION.test(Function.prototype.toString.call(get)) ? get : undefined;
}

function isPlain(get: Function): boolean {
  const text = Function.prototype.toString.call(get);
  return FUNCTION.test(text) || METHOD.test(text);
}
