import { inspect } from 'node:util';
import { pathToFileURL } from 'node:url';
import { checkFlag, checkOptions, type OptionChecks } from '../defer/check-options.ts';
import { InvalidArgumentError } from '../defer/errors.ts';
import { isAbsoluteUrl } from './callable/absolute-url.ts';
import { isEntryModule } from './callable/modules/entry-module.ts';
import { addCodec, codecAt, type CodecAddress, codecFor } from './wire/values/codec.ts';
import { isHolder } from './wire/member.ts';
import { isSentAsItIs } from './wire/values/plain.ts';

/** What every codec may say. */
export interface CodecOptions {
  /** The class's name on both sides, where two classes in one module have the same or a class has none; default its own name. */
  readonly name?: string | undefined;
  /**
   * The URL of the module that registers the codec when it is loaded; default the module that calls
   * {@link registerCodec}. Needed only where a function of another module makes the call: `import.meta.url`.
   */
  readonly module?: URL | string | undefined;
  /** Whether instances of subclasses are sent by this codec too; default false. They arrive as what `decode` makes. */
  readonly subclasses?: boolean | undefined;
}

/** How the instances of a class travel. */
export interface Codec<Instance extends object, Data> extends CodecOptions {
  /**
   * Gives what the instance is made of: plain data, Buffers, errors, instances of classes with codecs.
   * What it throws is the failure of the call.
   */
  encode(instance: Instance): Data;
  /** Makes the instance again. The data are its own: nobody else has them. */
  decode(data: Data): Instance;
}

/**
 * How the instances of a class travel that may be part of their own data, as a node that knows its
 * parent: they are made empty first, and filled when all are there.
 */
export interface CyclicCodec<Instance extends object, Data> extends CodecOptions {
  encode(instance: Instance): Data;
  /** Makes an instance without its data. */
  create(): Instance;
  /** Gives the instance its data. Others in there may still be empty: keep them, and look into them later. */
  fill(instance: Instance, data: Data): void;
}

/**
 * Lets the instances of a class travel between threads: as arguments and results, at any depth, thrown
 * or held by what is thrown.
 *
 * Call it at the top level of the module that defines the class. A thread that gets an instance loads
 * that module, and with it the codec. A thread's result is decoded by the codec of the reactor's thread,
 * which loads nothing for it: the program must have imported the module as well, as it has if it names the class.
 * The program's entry module cannot hold a codec, because no thread loads it.
 *
 * A codec serves exactly its class, or its subclasses too with `subclasses: true`. One instance that is
 * met twice in a call's arguments, or in its result, is encoded once and is one instance on the other
 * side. The stack of an error comes along by itself.
 *
 * To register a class again gives it the new codec, as when its module is loaded once more.
 *
 * @param type the class, your own or somebody else's; of the built-in types, only those that could not travel
 * @param codec its two directions: `encode` and `decode`, or `encode`, `create` and `fill`
 * @throws InvalidArgumentError where `type` is no class or one that travels by itself, the codec is no codec or has a key
 *   that no codec has, or the module has registered another class under that name
 *
 * @example
 * ```ts file=money.ts
 * import { registerCodec } from 'heddle';
 *
 * export class Money {
 *   readonly cents: bigint;
 *
 *   constructor(cents: bigint) {
 *     this.cents = cents;
 *   }
 *
 *   toString(): string {
 *     return `${this.cents / 100n}.${String(this.cents % 100n).padStart(2, '0')}`;
 *   }
 * }
 *
 * registerCodec(Money, { encode: ({ cents }) => cents, decode: (cents) => new Money(cents) });
 *
 * export function sum(amounts: Money[]): Money {
 *   return new Money(amounts.reduce((total, { cents }) => total + cents, 0n));
 * }
 * ```
 * ```ts
 * import { deferToThread } from 'heddle';
 * import { Money, sum } from './money.ts';
 *
 * const total = await deferToThread(sum, [new Money(1250n), new Money(99n)]);
 * console.log(total instanceof Money, String(total)); // prints true 13.49
 * ```
 */
export function registerCodec<Instance extends object, Data>(
  type: { readonly prototype: Instance },
  codec: Codec<Instance, Data> | CyclicCodec<Instance, Data>,
): void {
  const prototype = prototypeOf(type);
  checkKeys(codec);
  const { encode } = codec;
  const {
    decode = undefined,
    create = undefined,
    fill = undefined,
  } = codec as Partial<Codec<Instance, Data> & CyclicCodec<Instance, Data>>;
  const inOneStep = isMethod(decode) && create === undefined && fill === undefined;
  const inTwoSteps = decode === undefined && isMethod(create) && isMethod(fill);
  if (!isMethod(encode) || !(inOneStep || inTwoSteps)) {
    throw new InvalidArgumentError(
      `A codec needs the functions encode and decode, or encode, create and fill, and this is ${inspect(codec)}.`,
    );
  }
  const place = callerOf(registerCodec);
  const address = addressOf(type, codec, place?.module);
  const line = place === undefined ? '' : `${place.module}:${place.position}`;
  checkFree(address, prototype, line);
  // As methods: a codec may be an object with a state of its own.
  addCodec(prototype, {
    address,
    subclasses: codec.subclasses === true,
    encode: (instance) => codec.encode(instance as Instance),
    decode: inOneStep ? (data) => (codec as Codec<Instance, Data>).decode(data as Data) : undefined,
    create: inTwoSteps ? () => (codec as CyclicCodec<Instance, Data>).create() : undefined,
    fill: inTwoSteps
      ? (instance, data) => (codec as CyclicCodec<Instance, Data>).fill(instance as Instance, data as Data)
      : undefined,
    place: line,
  });
}

const codecChecks: OptionChecks<
  Codec<object, unknown> & Omit<CyclicCodec<object, unknown>, keyof Codec<object, unknown>>
> = {
  encode: checkMethod,
  decode: checkMethod,
  create: checkMethod,
  fill: checkMethod,
  name: (value) => (typeof value === 'string' && value !== '' ? undefined : 'a string that is not empty'),
  module: (value) => (isAbsoluteUrl(String(value)) ? undefined : 'an absolute URL: import.meta.url'),
  subclasses: checkFlag,
};

function checkMethod(value: unknown): string | undefined {
  return isMethod(value) ? undefined : 'a function';
}

/** What is more than a plain object, a class's instance or a class, may have a state of its own under whatever names. */
function checkKeys(codec: object): void {
  const parent: unknown = isHolder(codec) ? Object.getPrototypeOf(codec) : null;
  if (parent === null || parent === Object.prototype) checkOptions(codec, codecChecks, 'codec');
}

function prototypeOf(type: { readonly prototype: object }): object {
  const prototype: unknown = typeof type === 'function' ? Reflect.get(type, 'prototype') : undefined;
  if (typeof prototype !== 'object' || prototype === null) {
    throw new InvalidArgumentError(`A codec is registered for a class, and ${inspect(type)} is none.`);
  }
  if (isSentAsItIs(prototype)) {
    throw new InvalidArgumentError(
      `${(type as unknown as Function).name} travels by itself: it cannot have a codec. Extend it and register that.`,
    );
  }
  return prototype;
}

function addressOf(type: object, { name, module }: CodecOptions, callersModule: string | undefined): CodecAddress {
  const chosen: unknown = name ?? (type as Function).name;
  if (typeof chosen !== 'string' || chosen === '') {
    throw new InvalidArgumentError('A class without a name of its own needs one for its codec: the option name.');
  }
  if (module !== undefined && !isAbsoluteUrl(String(module))) {
    throw new InvalidArgumentError(`The module of a codec must be an absolute URL, not '${module}': import.meta.url.`);
  }
  const url = module === undefined ? callersModule : new URL(module).href;
  return { module: url, name: chosen, isEntry: url !== undefined && isEntryModule(url) };
}

function checkFree(address: CodecAddress, prototype: object, place: string): void {
  const other = codecAt(address);
  // The same call again: its module was loaded a second time, with classes of its own.
  if (other === undefined || other === codecFor(prototype) || other.place === place) return;
  throw new InvalidArgumentError(
    `Two classes with the name ${address.name} have codecs in ${address.module}, and a thread could not tell them ` +
      'apart. Give one of the codecs another name: the option name.',
  );
}

function isMethod(value: unknown): boolean {
  return typeof value === 'function';
}

interface Place {
  readonly module: string;
  readonly position: string;
}

/** Which module called `f`: the same on both sides, without anybody having to write it down. */
function callerOf(f: Function): Place | undefined {
  const { prepareStackTrace, stackTraceLimit } = Error;
  const holder: { stack?: unknown } = {};
  // With frozen intrinsics neither can be set, and the stack is a text.
  Reflect.set(Error, 'stackTraceLimit', 1);
  Reflect.set(Error, 'prepareStackTrace', (_error: Error, sites: unknown) => sites);
  try {
    Error.captureStackTrace(holder, f);
    const [file = '', position = ''] = Array.isArray(holder.stack)
      ? placeOfSite(holder.stack as NodeJS.CallSite[])
      : placeInText(String(holder.stack));
    // What was evaluated (the REPL, `node -e`) has a name in brackets instead of a file.
    if (file === '' || file.startsWith('[')) return undefined;
    const module = /^[a-z][a-z+.-]+:/i.test(file) ? file : pathToFileURL(file).href;
    return { module, position };
  } finally {
    Reflect.set(Error, 'prepareStackTrace', prepareStackTrace);
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit);
  }
}

function placeOfSite([site]: NodeJS.CallSite[]): string[] {
  return [site?.getFileName() ?? '', `${site?.getLineNumber()}:${site?.getColumnNumber()}`];
}

function placeInText(stack: string): string[] {
  const [, file = '', position = ''] = /^ +at (?:.*\()?(.+?):(\d+:\d+)\)?$/m.exec(stack) ?? [];
  return [file, position];
}
