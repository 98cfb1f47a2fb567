import { types } from 'node:util';
import type * as Inspect from 'heddle/inspect';
import { StandIns } from './stand-in.ts';
import { worksOnHeir } from './works-on.ts';

/** What is known of a value, without the value. */
export interface Copy {
  /** What it is, with its size, in words: `a string of 1,024 characters`. */
  readonly what: string;
  readonly sendMs: number;
  readonly receiveMs: number;
  /** What cannot be copied in it, if anything: its path and the name of its class. */
  readonly obstacle: { readonly path: string; readonly what: string } | undefined;
}

/** What was seen of a call's beginning. */
export interface Beginning {
  readonly arguments: readonly Copy[];
  readonly on: Copy | undefined;
  /** Whether the function works on that, and that has only inherited it. */
  readonly isOnHeir: boolean;
  readonly hasFunction: boolean;
}

/** How many objects are looked at for getters, which copying would call. */
const LOOK_AT = 20_000;

/**
 * What the observer calls in the program's own thread while it stands still. It measures values, and keeps of a call
 * the function alone, until it has been judged.
 */
export class Measure {
  readonly #measureCopy: typeof Inspect.measureCopy;
  readonly #functions = new Map<number, Function>();
  /** For calls of native functions. */
  readonly standIns: StandIns = new StandIns(this);

  constructor(measureCopy: typeof Inspect.measureCopy) {
    this.#measureCopy = measureCopy;
  }

  /** @param on what the function is called on; undefined where it is called on nothing */
  begin(id: number, f: unknown, on: unknown, args: readonly unknown[]): Beginning {
    if (typeof f === 'function') this.#functions.set(id, f);
    return {
      arguments: args.map((arg, index) => this.copy(arg, `args[${index}]`)),
      on: on === undefined ? undefined : this.copy(on, 'this'),
      isOnHeir: worksOnHeir(f, on),
      hasFunction: typeof f === 'function',
    };
  }

  copy(value: unknown, name: string): Copy {
    const what = describe(value);
    const accessor = getterIn(value, name);
    if (accessor !== undefined) return { what, sendMs: 0, receiveMs: 0, obstacle: { path: accessor, what: 'getter' } };
    const copy = this.#measureCopy(value, name);
    return copy.isCloneable
      ? { what, sendMs: copy.sendMs, receiveMs: copy.receiveMs, obstacle: undefined }
      : { what, sendMs: 0, receiveMs: 0, obstacle: { path: copy.path, what: copy.what } };
  }

  /** The function of a call, once: nothing is kept of it afterwards. */
  functionOf(id: number): Function | undefined {
    const f = this.#functions.get(id);
    this.#functions.delete(id);
    return f;
  }
}

function describe(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `a string of ${count(value.length)} characters`;
    case 'function':
      return 'a function';
    case 'object':
      return value === null ? 'null' : describeObject(value);
    case 'undefined':
      return 'nothing';
    default:
      return `a ${typeof value}`;
  }
}

function describeObject(value: object): string {
  if (types.isProxy(value)) return 'a Proxy';
  if (Array.isArray(value)) return `an array of ${count(value.length)}`;
  if (types.isMap(value) || types.isSet(value))
    return `a ${types.isMap(value) ? 'Map' : 'Set'} of ${count(value.size)}`;
  if (ArrayBuffer.isView(value)) return `a ${classOf(value)} of ${count(value.byteLength)} bytes`;
  if (types.isAnyArrayBuffer(value)) return `an ArrayBuffer of ${count(value.byteLength)} bytes`;
  if (types.isPromise(value)) return 'a promise';
  const name = classOf(value);
  if (isPlain(value)) return 'a plain object';
  return name === 'Object' || name === '' ? 'an object with a prototype of its own' : `an instance of ${name}`;
}

function classOf(value: object): string {
  for (let owner: unknown = Object.getPrototypeOf(value); owner !== null; owner = Object.getPrototypeOf(owner)) {
    if (types.isProxy(owner)) return '';
    const constructor = Object.getOwnPropertyDescriptor(owner, 'constructor');
    if (constructor !== undefined) return nameOf(constructor.value);
  }
  return '';
}

/** A class may make its name by a getter, which is the program's own code. */
function nameOf(constructor: unknown): string {
  if (typeof constructor !== 'function' || types.isProxy(constructor)) return '';
  const name: unknown = Object.getOwnPropertyDescriptor(constructor, 'name')?.value;
  return typeof name === 'string' ? name : '';
}

function count(n: number): string {
  return n.toLocaleString('en-US');
}

/** The path to the first getter within plain data: to copy the data is to call it, and it may do anything. */
function getterIn(root: unknown, name: string): string | undefined {
  const seen = new Set<object>();
  const open: { value: unknown; path: string }[] = [{ value: root, path: name }];
  for (let next = open.pop(); next !== undefined && seen.size < LOOK_AT; next = open.pop()) {
    const { value, path } = next;
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    // Instances of classes are refused anyway.
    if (types.isProxy(value) || !isPlain(value)) continue;
    seen.add(value);
    for (const key of keysOf(value)) {
      const property = Object.getOwnPropertyDescriptor(value, key);
      if (property === undefined) continue;
      const step = Array.isArray(value) ? `[${key}]` : `.${key}`;
      if (property.get !== undefined) return path + step;
      if (typeof property.value === 'object') open.push({ value: property.value, path: path + step });
    }
  }
  return undefined;
}

/** Of a long array, to ask for all keys takes seconds and gigabytes, in which the program stands still. */
function keysOf(value: object): string[] {
  if (Array.isArray(value) && value.length > LOOK_AT) return Array.from({ length: LOOK_AT }, (_, index) => `${index}`);
  return Object.keys(value).slice(0, LOOK_AT);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || prototype === Array.prototype;
}
