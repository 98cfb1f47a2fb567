/** How both sides call a class with a codec. */
export interface CodecAddress {
  /** The URL of the module that registers the codec when it is loaded; undefined where the code comes from no module. */
  readonly module: string | undefined;
  /** The class's name, one of its kind in that module. */
  readonly name: string;
  /** Whether the module is the program's entry, which no thread may load. */
  readonly isEntry: boolean;
}

/** A codec as it is registered on one side. */
export interface RegisteredCodec {
  readonly address: CodecAddress;
  /** Whether it serves the instances of subclasses too. */
  readonly subclasses: boolean;
  encode(instance: object): unknown;
  /** Undefined where the codec makes its instances in two steps, by `create` and `fill`. */
  readonly decode: ((data: unknown) => object) | undefined;
  readonly create: (() => object) | undefined;
  readonly fill: ((instance: object, data: unknown) => void) | undefined;
  /** Where the call that registered it stands: a module that is loaded again registers its codecs again. */
  readonly place: string;
}

interface Registry {
  readonly byPrototype: WeakMap<object, RegisteredCodec>;
  readonly byAddress: Map<string, RegisteredCodec>;
  /** How many codecs serve subclasses too: without any, nobody's prototype chain has to be climbed. */
  servingSubclasses: number;
}

/**
 * One registry per thread, however many copies of this module there are in it: a thread's entry is a
 * bundle of its own, and the user's module imports the package.
 */
const registry: Registry = ((globalThis as unknown as Record<symbol, Registry | undefined>)[
  Symbol.for('heddle.codecs.1')
] ??= { byPrototype: new WeakMap(), byAddress: new Map(), servingSubclasses: 0 });

/** The codec for an object with this prototype, which is none of the built-in ones. */
export function codecFor(prototype: object): RegisteredCodec | undefined {
  const own = registry.byPrototype.get(prototype);
  if (own !== undefined || registry.servingSubclasses === 0) return own;
  for (
    let parent = Object.getPrototypeOf(prototype) as object | null;
    parent !== null;
    parent = Object.getPrototypeOf(parent) as object | null
  ) {
    const inherited = registry.byPrototype.get(parent);
    if (inherited?.subclasses) return inherited;
  }
  return undefined;
}

/** The codec of an instance that has one. */
export function codecOf(instance: object): RegisteredCodec {
  return codecFor(Object.getPrototypeOf(instance) as object) as RegisteredCodec;
}

/** The codec that is registered under an address on this side. */
export function codecAt(address: CodecAddress): RegisteredCodec | undefined {
  return registry.byAddress.get(keyOf(address));
}

/** Makes a codec the one for instances with this prototype, and the one that decodes what comes from its address. */
export function addCodec(prototype: object, codec: RegisteredCodec): void {
  registry.byPrototype.set(prototype, codec);
  registry.byAddress.set(keyOf(codec.address), codec);
  if (codec.subclasses) registry.servingSubclasses += 1;
}

function keyOf({ module = '', name }: CodecAddress): string {
  return `${module} ${name}`;
}
