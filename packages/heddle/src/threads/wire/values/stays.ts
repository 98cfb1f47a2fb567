import { types } from 'node:util';
import type { Transferable } from 'node:worker_threads';
import { LenientCopy } from './lenient-copy.ts';
import { nameOf, stepTo } from './obstacle.ts';
import { namesOn } from './pack.ts';
import type { Parcel, Payload } from './payload.ts';
import { isPlainData } from './plain.ts';
import { UnclonableError } from '../errors/unclonable-error.ts';

/**
 * Refuses a packed value with something in it that threads can have and other processes cannot: shared memory, ports,
 * streams, and objects of Node's that structured clone knows by what is behind them. V8 would make `{}` of some.
 *
 * @param root how the value is called in messages: `args`, `result`
 * @throws UnclonableError naming the path to it
 */
export function refuseWhatStays({ value, errors, coded, passed }: Payload, root: string): void {
  const seen = new Set<object>();
  look(value, root, seen);
  for (const { properties } of errors ?? []) {
    for (const [key, property] of properties) look(property, `${root}: an error's ${key}`, seen);
  }
  for (const { data } of coded?.instances ?? []) look(data, `${root}: encode()`, seen);
  for (const one of passed ?? []) {
    if (one.way === 'inThread') look(one.values, `${root}: what ${one.name} captures`, seen);
  }
}

/** Makes what was thrown ready to be sent to another process: like `packThrown`, it never refuses. */
export function packThrownForProcess(thrown: unknown): Parcel {
  const parcel = new CopyForProcess().parcel(thrown);
  try {
    refuseWhatStays(parcel.payload, 'error');
    return parcel;
  } catch (error) {
    return new CopyForProcess().parcel(error);
  }
}

class CopyForProcess extends LenientCopy {
  /** A text says what it was. */
  protected override leaf(value: object): object {
    if (whyItStays(value) !== undefined) throw new Error('It stays in its process.');
    return super.leaf(value);
  }
}

// As it was when this was loaded: a job may replace it, as mocks do.
const { structuredClone } = globalThis;

/**
 * Takes away what is moved, as sending it to a thread would: all of it, or nothing. To be called before the message that
 * it is moved by is on its way, since some memory only says here that it stays where it is, such as WebAssembly's.
 *
 * @throws what sending it to a thread would
 */
export function detach(transfer: readonly Transferable[]): void {
  if (transfer.length > 0) structuredClone(undefined, { transfer: [...transfer] });
}

function look(value: unknown, path: string, seen: Set<object>): void {
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  const reason = whyItStays(value);
  if (reason !== undefined) {
    throw new UnclonableError(`${path}: ${nameOf(value)} cannot be sent to another process. ${reason}`);
  }
  if (Array.isArray(value)) {
    lookAtItems(value, path, seen);
  } else if (types.isMap(value)) {
    for (const [key, item] of value) {
      look(key, `${path}.keys()`, seen);
      look(item, `${path}.get(...)`, seen);
    }
  } else if (types.isSet(value)) {
    for (const item of value) look(item, `${path}.values()`, seen);
  } else if (!ArrayBuffer.isView(value)) {
    lookAtProperties(value, Object.keys(value), path, seen);
  }
}

function lookAtItems(items: readonly unknown[], path: string, seen: Set<object>): void {
  for (let index = 0; index < items.length; index++) {
    const item = items[index];
    // With a hole in it, an array may be far longer than what is in it.
    if (item === undefined && !(index in items)) return lookAtProperties(items, Object.keys(items), path, seen);
    if (typeof item === 'object') look(item, `${path}[${index}]`, seen);
  }
  return lookAtProperties(items, namesOn(items), path, seen);
}

function lookAtProperties(object: object, keys: readonly string[], path: string, seen: Set<object>): void {
  for (const key of keys) {
    const property: unknown = Reflect.get(object, key);
    if (typeof property === 'object') look(property, path + stepTo(key), seen);
  }
}

/** Why a value that has been packed cannot leave the process; undefined where it can. */
function whyItStays(value: object): string | undefined {
  const memory = ArrayBuffer.isView(value) ? value.buffer : value;
  if (types.isSharedArrayBuffer(memory)) return SHARED;
  return isPlainData(value) ? undefined : ONLY;
}

const SHARED = 'Processes share no memory: send a copy of it, or use a ThreadPool.';
const ONLY = 'Only threads of one process can take it: send plain data that it can be made from, or use a ThreadPool.';
