import { types } from 'node:util';
import type { CodedInstance, CodedInstances } from './coded.ts';
import { codecAt, type CodecAddress, type RegisteredCodec } from './codec.ts';
import { CodecError } from '../errors/codec-error.ts';
import { isDense } from './dense.ts';
import { isPlain } from './decoding-order.ts';
import type { PassedFunction } from './passed.ts';
import { reasonOf } from './reason-of.ts';

const NONE: CodedInstances = { codecs: [], instances: [] };

/** Makes a function that was passed; `values` are what it captures. */
export type MakeFunction = (passed: PassedFunction, values: readonly unknown[]) => Function;

/** The functions in an arrived value, and who makes them. */
export interface ArrivedFunctions {
  readonly passed: readonly PassedFunction[];
  readonly make: MakeFunction;
}

/**
 * Makes the instances and functions among an arrived value and puts them where their stand-ins are.
 *
 * @returns the value, which may be an instance itself
 * @throws CodecError where an instance cannot be made, unless something else may arrive instead
 */
export function decode(
  value: unknown,
  { codecs, instances }: CodedInstances = NONE,
  functions?: ArrivedFunctions,
): unknown {
  const made = new Map<object, unknown>();
  const seen = new Set<object>();
  const known = codecs.map(codecAt);
  for (const { standIn, codec, instead } of instances) {
    const create = known[codec]?.create;
    try {
      if (create !== undefined) made.set(standIn, instanceOf(codecs[codec] as CodecAddress, 'create', create));
    } catch (error) {
      if (instead === undefined) throw error;
    }
  }
  for (const instance of instances) {
    const data = replace(instance.data, made, seen);
    try {
      made.set(instance.standIn, make(instance, data, codecs, known, made));
    } catch (error) {
      if (instance.instead === undefined) throw error;
      made.delete(instance.standIn);
      made.set(instance.standIn, replace(instance.instead, made, seen));
    }
  }
  // What an instance shares with the rest of the value was looked through before there were functions to put in.
  const rest = functions === undefined || functions.passed.length === 0 ? seen : new Set<object>();
  for (const passed of functions?.passed ?? []) {
    // What it captures holds the functions before it, and instances; no instance is made of functions.
    const values = passed.way === 'inThread' ? (replace(passed.values, made, rest) as unknown[]) : [];
    made.set(passed.standIn, functions?.make(passed, values));
  }
  return replace(value, made, rest);
}

function make(
  { standIn, codec, stack }: CodedInstance,
  data: unknown,
  codecs: readonly CodecAddress[],
  known: readonly (RegisteredCodec | undefined)[],
  made: ReadonlyMap<object, unknown>,
): unknown {
  const address = codecs[codec] as CodecAddress;
  const registered = known[codec];
  if (registered === undefined) throw unknownCodec(address);
  const { decode: decodeData, fill } = registered;
  const instance =
    decodeData === undefined
      ? (made.get(standIn) as object | undefined)
      : instanceOf(address, 'decode', () => decodeData(data));
  // Its create has failed, and something else arrives instead.
  if (instance === undefined) throw new Error('There is nothing to fill.');
  if (decodeData === undefined) attempt(address, 'fill', () => fill?.(instance, data));
  // Whoever has it next asks what it is an instance of.
  if (types.isProxy(instance)) attempt(address, 'decode', () => instance instanceof Error);
  if (stack !== undefined) {
    // One that is frozen keeps its own.
    Reflect.defineProperty(instance, 'stack', { value: stack, writable: true, configurable: true });
  }
  return instance;
}

/** What a step of a codec makes, which must be an instance. */
function instanceOf(address: CodecAddress, step: 'decode' | 'create', make: () => unknown): object {
  const made = attempt(address, step, make);
  if (typeof made === 'object' && made !== null && !isBarePromise(made)) return made;
  const what = typeof made === 'object' && made !== null ? 'a promise' : 'no object';
  throw new CodecError(
    'HEDDLE_CODEC_FAILED',
    address.name,
    `The codec of ${address.name} made ${what}. Its ${step} must return an instance.`,
  );
}

/** What an async decode gives: nobody waits for it, and it would lie where the instance belongs. */
function isBarePromise(made: object): boolean {
  return types.isPromise(made) && Object.getPrototypeOf(made) === Promise.prototype;
}

/** Puts what was made where its stand-ins are, in everything that `root` holds and that was not seen before. */
function replace(root: unknown, made: ReadonlyMap<object, unknown>, seen: Set<object>): unknown {
  const left: unknown[] = [];
  const replaced = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (made.has(value)) return made.get(value);
    left.push(value);
    return value;
  };
  const result = replaced(root);
  for (let at = left.pop(); at !== undefined; at = left.pop()) {
    const container = at as object;
    if (seen.has(container)) continue;
    seen.add(container);
    if (types.isMap(container)) {
      const entries = [...container];
      container.clear();
      for (const [key, item] of entries) container.set(replaced(key), replaced(item));
    } else if (types.isSet(container)) {
      const items = [...container];
      container.clear();
      for (const item of items) container.add(replaced(item));
    } else if (isPlain(container) || types.isNativeError(container)) {
      replaceProperties(container, replaced);
    }
  }
  return result;
}

function replaceProperties(container: object, replaced: (value: unknown) => unknown): void {
  if (Array.isArray(container) && isDense(container)) return replaceItems(container, replaced);
  for (const key of Object.getOwnPropertyNames(container)) {
    const descriptor = Object.getOwnPropertyDescriptor(container, key) as PropertyDescriptor;
    const value = replaced(descriptor.value);
    if (value !== descriptor.value) Object.defineProperty(container, key, { ...descriptor, value });
  }
}

function replaceItems(items: unknown[], replaced: (value: unknown) => unknown): void {
  for (let index = 0; index < items.length; index++) {
    const item = items[index];
    const instead = replaced(item);
    if (instead !== item) items[index] = instead;
  }
}

function attempt<T>(address: CodecAddress | undefined, step: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    throw codecFailed(address?.name ?? '', step, cause);
  }
}

/** The error for a part of a codec that threw. */
export function codecFailed(className: string, step: string, cause: unknown, where = ''): CodecError {
  const why = reasonOf(cause);
  return new CodecError(
    'HEDDLE_CODEC_FAILED',
    className,
    `${where}The codec of ${className} failed in ${step}: ${why}`,
    { cause },
  );
}

/** The error for a class that this side knows no codec for. */
export function unknownCodec({ name, module }: CodecAddress): CodecError {
  const where = module === undefined ? '' : ` (${module})`;
  return new CodecError(
    'HEDDLE_CODEC_UNKNOWN',
    name,
    `This thread has no codec for ${name}. Load the module that registers it${where} here too, and let it call ` +
      'registerCodec at its top level; where another module makes the call for it, name the module in the codec.',
  );
}
