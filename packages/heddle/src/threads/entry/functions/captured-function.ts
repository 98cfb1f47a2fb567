import { createRequire } from 'node:module';
import type { Address } from '../../wire/address.ts';
import type {
  Binding,
  CapturedReference,
  CapturedText,
  LoadableReference,
  Patch,
  Target,
} from '../../wire/captured.ts';
import { classOrder } from './class-order.ts';
import { type CompiledText, compileText } from './compile-text.ts';
import { importerOf, importFrom } from './import-from.ts';
import { importing } from './importing.ts';
import type { FunctionSource } from './loaded-function.ts';
import { locatedFunction } from './located-function.ts';
import { type Located, member } from '../../wire/member.ts';
import { startAll } from '../../wire/start-all.ts';
import { honourSourceMap } from './source-map.ts';
import { isPromise } from '../../wire/is-promise.ts';

type Locate = (address: Address, functionName?: string) => Located | Promise<Located>;

/** Makes the functions of a captured reference, again for each job. */
export function loadCaptured(reference: CapturedReference, locate: Locate): FunctionSource | Promise<FunctionSource> {
  if (reference.sourceMaps) {
    for (const { script, sourceMapUrl } of reference.functions) {
      if (sourceMapUrl !== undefined) honourSourceMap(script, sourceMapUrl);
    }
  }
  const compiled = reference.functions.map(compileText);
  const classes = classOrder(reference);
  const loadables = loadablesOf(reference);
  const source = (located: readonly Located[]): FunctionSource => {
    const loaded = new Map(
      loadables.map((loadable, index) => [loadable.reference, valueOf(loadable, located[index] as Located)]),
    );
    return (values) => ({ f: new Instance(reference, compiled, classes, loaded, values).first, receiver: undefined });
  };
  const loads = startAll(loadables, (loadable) => load(loadable.reference, locate, reference.functions[0]?.name ?? ''));
  return isPromise(loads) ? loads.then(source) : source(loads);
}

/** The functions of one job: they are made first and then made known to one another. */
class Instance {
  readonly #reference: CapturedReference;
  readonly #loaded: ReadonlyMap<LoadableReference, unknown>;
  readonly #values: readonly unknown[];
  readonly #compiled: readonly CompiledText[];
  readonly #made: (ReturnType<CompiledText> | undefined)[];

  constructor(
    reference: CapturedReference,
    compiled: readonly CompiledText[],
    classes: readonly number[],
    loaded: ReadonlyMap<LoadableReference, unknown>,
    values: readonly unknown[],
  ) {
    this.#reference = reference;
    this.#compiled = compiled;
    this.#loaded = loaded;
    this.#values = values;
    this.#made = compiled.map(() => undefined);
    const { functions } = reference;
    functions.forEach(({ form }, index) => {
      if (form !== 'class') this.#make(index);
    });
    this.#bindAll();
    this.#patchAll((target) => target.kind !== 'function' || functions[target.index]?.form !== 'class');
    // A class runs code when it is made: what it extends, and what its static parts use, has to be there.
    for (const index of classes) this.#makeClass(index);
  }

  get first(): Function {
    return this.#functionAt(0);
  }

  #make(index: number): void {
    const { bindings, name, length } = this.#reference.functions[index] as CapturedText;
    const made = this.#compiled[index]?.(...bindings.map(({ target }) => this.#valueOf(target)));
    if (made === undefined) return;
    this.#made[index] = made;
    // A function expression has its name from the variable it was put into, a class perhaps a member of that name instead.
    const given = Object.getOwnPropertyDescriptor(made.f, 'name');
    if (given?.writable === false && given.value !== name)
      Object.defineProperty(made.f, 'name', { value: name, configurable: true });
    if (length !== undefined) Object.defineProperty(made.f, 'length', { value: length, configurable: true });
  }

  #makeClass(index: number): void {
    this.#make(index);
    this.#bindAll();
    this.#patchAll((target) => target.kind === 'function' && target.index === index);
  }

  #bindAll(): void {
    this.#reference.functions.forEach(({ bindings }: { bindings: readonly Binding[] }, index) => {
      this.#made[index]?.bind(bindings.map(({ target }) => this.#valueOf(target)));
    });
  }

  #valueOf(target: Target): unknown {
    switch (target.kind) {
      case 'value':
        return this.#values[target.slot];
      case 'function':
        return this.#made[target.index]?.f;
      case 'loaded':
        return this.#loaded.get(target.reference);
    }
  }

  #functionAt(index: number): Function {
    return (this.#made[index] as ReturnType<CompiledText>).f;
  }

  #patchAll(isDue: (target: Target) => boolean): void {
    for (const patch of this.#reference.patches) if (isDue(patch.target)) this.#patch(patch);
  }

  #patch({ slot, path, target, accessor, symbol }: Patch): void {
    const owner = path.slice(0, -1).reduce((at, step) => (at as Record<string, unknown>)[step], this.#values[slot]);
    const value = this.#valueOf(target);
    // To define one of a getter and its setter leaves the other as it is.
    const property = accessor === undefined ? { value, writable: true } : { [accessor]: value };
    const key = symbol === undefined ? (path.at(-1) as string) : (Reflect.get(Symbol, symbol) as symbol);
    Object.defineProperty(owner, key, { ...property, configurable: true, enumerable: true });
  }
}

type Loadable = Target & { readonly kind: 'loaded' };

function loadablesOf({ functions, patches }: CapturedReference): Loadable[] {
  const targets = [...functions.flatMap(({ bindings }) => bindings), ...patches].map(({ target }) => target);
  return targets.flatMap((target) => (target.kind === 'loaded' ? [target] : []));
}

function valueOf({ isFunction }: Loadable, located: Located): unknown {
  return isFunction ? locatedFunction(located) : located.value;
}

function load(reference: LoadableReference, locate: Locate, functionName: string): Located | Promise<Located> {
  switch (reference.kind) {
    case 'import': {
      const { script, specifier, path } = reference;
      return importing(functionName, specifier, () => {
        const namespace = importFrom(script, specifier);
        return isPromise(namespace)
          ? namespace.then((loaded) => member(loaded, path, specifier, undefined))
          : member(namespace, path, specifier, undefined);
      });
    }
    case 'require':
      return member(createRequire(reference.file), [], reference.file, undefined);
    case 'importer':
      return member(importerOf(reference.script), [], reference.script, undefined);
    case 'symbol':
      return member(Symbol.for(reference.key), [], reference.key, undefined);
    default:
      return locate(reference, functionName);
  }
}
