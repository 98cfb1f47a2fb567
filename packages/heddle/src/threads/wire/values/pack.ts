import { inspect } from 'node:util';
import { codecOf } from './codec.ts';
import { Copy, isPartOfSlab } from './copy.ts';
import { errorKeys } from './error-details.ts';
import { LenientCopy } from './lenient-copy.ts';
import { largeMemoryOf } from './memory.ts';
import { type Obstacle, refusal, stepTo, within } from './obstacle.ts';
import { partsByClass } from './parts-by-class.ts';
import { type Passed, passedBy, StillResolving } from './passed.ts';
import type { Parcel } from './payload.ts';
import { type Kind, kindOf } from './plain.ts';
import { isDetached, valueOf, whyNotMoved } from './transferred.ts';
import { isPromise } from '../is-promise.ts';

/** As many objects are made anew in a moment. */
const FEW = 32;

/** An array without holes that is longer has hardly anything under names as well. */
const LONGEST_WITH_NAMES = 1000;

/** What a look through a value has found. */
interface Findings {
  /** Objects that were looked at, so that a cycle ends. */
  readonly seen: Set<object>;
  readonly buffers: Buffer[];
  /** Whether something has to be replaced by a stand-in before the value can be sent. */
  needsCopy: boolean;
  /** Whether there is memory that is copied sooner here than by structured clone. */
  hasLargeMemory: boolean;
  /** Whether something is to be moved, which what shares its memory has to go along with. */
  moves: boolean;
  /** Whether functions may be passed. */
  mayPass: boolean;
  /** How many levels deeper it may go. */
  levels: number;
  /** Whether a function that is still looked for may stay so: nothing is sent yet. */
  mayBeUnfound?: true;
  /** Of errors, the properties that are not sent. */
  left?: Map<object, ReadonlySet<string>>;
  /** What codecs have given for the instances among the objects. */
  encoded?: Map<object, unknown>;
  /** The objects that were seen in what may be left where it is, while that is looked at. */
  doubtful?: object[] | undefined;
}

/**
 * Makes a value ready to be sent to another thread.
 *
 * Structured clone would turn a Buffer into a Uint8Array and copy the whole
 * slab behind it, drop an error's properties and class, and flatten the
 * instances of a class into plain objects. So the value is looked through
 * first: what can be mended on the other side is noted, the rest is refused.
 *
 * @param value what to send
 * @param root how the value is called in messages: `args`, `result`
 * @param passed gets the functions in it that are to be called from the other side
 * @param levels how deep it may be, where the other side could not say that it cannot read it
 * @throws StillResolving where it is too early: a function in it is still looked for
 * @throws UnclonableError naming the path to what cannot be sent
 * @throws CodecError naming the path to an instance whose codec cannot encode it
 */
export function pack(
  value: unknown,
  root: string,
  passed?: Function[],
  levels: number = Number.POSITIVE_INFINITY,
): Parcel {
  if (kindOf(value) === 'primitive') return { payload: { value }, transfer: [] };
  const findings = nothingFound(passed !== undefined, levels);
  const obstacle = look(value, findings);
  if (obstacle !== undefined) throw refusal(obstacle, root);
  return send(value, findings, passed);
}

/**
 * Makes what was thrown ready to be sent. Never refuses: an error must arrive,
 * so what hangs on it and cannot be sent arrives as its data where it is nothing else, or as a text that says what it was.
 */
export function packThrown(thrown: unknown): Parcel {
  return new LenientCopy().parcel(thrown);
}

/** The first thing in a value that cannot be sent. */
export function obstacleIn(value: unknown): Obstacle | undefined {
  if (kindOf(value) === 'primitive') return undefined;
  return look(value, { ...nothingFound(true), mayBeUnfound: true });
}

function nothingFound(mayPass: boolean, levels: number = Number.POSITIVE_INFINITY): Findings {
  return { seen: new Set(), buffers: [], needsCopy: false, hasLargeMemory: false, moves: false, mayPass, levels };
}

function send(value: unknown, findings: Findings, passed: Function[] | undefined): Parcel {
  const { buffers, encoded, hasLargeMemory, moves, seen, left } = findings;
  const copiesMemory = hasLargeMemory && !moves;
  // To make many containers anew takes longer than what is gained.
  if (findings.needsCopy || (copiesMemory && seen.size <= FEW)) {
    return new Copy(encoded, passed, copiesMemory, left).parcel(value);
  }
  return { payload: buffers.length > 0 ? { value, buffers } : { value }, transfer: [] };
}

function look(value: unknown, findings: Findings): Obstacle | undefined {
  const kind = kindOf(value);
  if (kind === 'primitive') return undefined;
  if (kind === 'refused') return findings.mayPass ? { value, path: [], mayPass: true } : { value, path: [] };
  const object = value as object;
  if (findings.seen.has(object)) return undefined;
  findings.seen.add(object);
  findings.doubtful?.push(object);
  if (findings.levels === 0) return { value: object, path: [], isTooDeep: true };
  findings.levels--;
  const obstacle = lookInto(kind, object, findings);
  findings.levels++;
  return obstacle;
}

function lookInto(kind: Kind, object: object, findings: Findings): Obstacle | undefined {
  switch (kind) {
    case 'object':
      return lookAtProperties(object, Object.keys(object), findings);
    case 'array':
      return lookAtItems(object as unknown[], findings);
    case 'map':
      return lookAtMap(object as Map<unknown, unknown>, findings);
    case 'set':
      return lookAtSet(object as Set<unknown>, findings);
    case 'buffer':
      if (isGone(object)) return { value: object, path: [], isGone: true };
      findings.buffers.push(object as Buffer);
      if (isPartOfSlab(object as Buffer)) findings.needsCopy = true;
      else if (largeMemoryOf(object) !== undefined) findings.hasLargeMemory = true;
      return undefined;
    case 'error':
      findings.needsCopy = true;
      return lookAtError(object as Error, findings);
    case 'coded':
      findings.needsCopy = true;
      return lookAtEncoded(object, findings);
    case 'passed':
      findings.needsCopy = true;
      return lookAtPassed(object as Function, findings);
    case 'transferred':
      findings.needsCopy = true;
      findings.moves = true;
      return lookAtMoved(valueOf(object));
    case 'cloneable':
      if (isGone(object)) return { value: object, path: [], isGone: true };
      if (largeMemoryOf(object) !== undefined) findings.hasLargeMemory = true;
      return undefined;
    default:
      return undefined;
  }
}

/** Libraries hide on their errors what they need themselves: what cannot be sent of that stays. */
function lookAtError(error: Error, findings: Findings): Obstacle | undefined {
  const own = new Set(errorKeys(error));
  const parts = partsByClass(error);
  // A getter of the class may have made what it gave, a method too, a property of the error's own.
  const keys = errorKeys(error);
  const mayStay = (key: string): boolean => isHidden(error, key) || !own.has(key);
  const left = new Set(keys.filter((key) => mayStay(key) && !canBeSent(readOrNothing(error, key), findings)));
  for (const [key, value] of parts) if (!canBeSent(value, findings)) left.add(key);
  if (left.size > 0) {
    findings.left ??= new Map();
    findings.left.set(error, left);
  }
  return lookAtProperties(
    error,
    keys.filter((key) => !left.has(key)),
    findings,
  );
}

/** What cannot be read of it is no reason to send nothing, as little as what cannot be sent. */
function readOrNothing(error: Error, key: string): unknown {
  try {
    return Reflect.get(error, key);
  } catch {
    return NOTHING;
  }
}

/** Is never sent. */
const NOTHING: unique symbol = Symbol('nothing');

function canBeSent(value: unknown, findings: Findings): boolean {
  const { seen, doubtful: around } = findings;
  const doubtful = (findings.doubtful ??= []);
  const { length } = doubtful;
  const obstacle = look(value, findings);
  findings.doubtful = around;
  if (obstacle === undefined) return true;
  // What is left where it is may have parts that are sent by another way.
  for (const object of doubtful.splice(length)) seen.delete(object);
  return false;
}

function isHidden(error: Error, key: string): boolean {
  return !SHOWN.has(key) && !Object.prototype.propertyIsEnumerable.call(error, key);
}

/** What the language has hidden itself, and everybody knows. */
const SHOWN: ReadonlySet<string> = new Set(['name', 'message', 'cause', 'code', 'errors', 'error', 'suppressed']);

/** Whether an object's memory has been moved to another thread. */
export function isGone(object: object): boolean {
  const memory = ArrayBuffer.isView(object) ? object.buffer : object;
  return memory instanceof ArrayBuffer && isDetached(memory);
}

function lookAtPassed(wrapper: Function, findings: Findings): Obstacle | undefined {
  if (!findings.mayPass) return { value: wrapper, path: [] };
  const passed = passedBy(wrapper) as Passed;
  if (passed.way !== 'inThread') return undefined;
  const resolved = passed.resolve();
  if (isPromise(resolved)) {
    if (findings.mayBeUnfound) return undefined;
    throw new StillResolving(resolved);
  }
  for (const value of resolved.values) {
    const obstacle = look(value, findings);
    if (obstacle !== undefined) return within(obstacle, ' (captured)');
  }
  return undefined;
}

function lookAtMoved(value: unknown): Obstacle | undefined {
  const notMoved = whyNotMoved(value);
  return notMoved === undefined ? undefined : { value, path: [], notMoved };
}

function lookAtEncoded(instance: object, findings: Findings): Obstacle | undefined {
  let data: unknown;
  try {
    data = codecOf(instance).encode(instance);
  } catch (thrown) {
    return { value: instance, path: [], thrown };
  }
  findings.encoded ??= new Map();
  findings.encoded.set(instance, data);
  // An instance is made before the functions are.
  const { mayPass } = findings;
  findings.mayPass = false;
  const obstacle = look(data, findings);
  findings.mayPass = mayPass;
  return obstacle && within(obstacle, '.encode()');
}

function lookAtProperties(object: object, keys: readonly string[], findings: Findings): Obstacle | undefined {
  for (const key of keys) {
    const { length } = findings.buffers;
    const obstacle = look((object as Record<string, unknown>)[key], findings);
    if (obstacle !== undefined) return within(obstacle, stepTo(key));
    // A getter may give others to structured clone.
    if (findings.buffers.length > length && !findings.needsCopy) findings.needsCopy = isGiven(object, key);
  }
  return undefined;
}

function isGiven(object: object, key: string): boolean {
  return Object.getOwnPropertyDescriptor(object, key)?.get !== undefined;
}

function lookAtItems(items: readonly unknown[], findings: Findings): Obstacle | undefined {
  for (let index = 0; index < items.length; index++) {
    // With a hole in it, an array may be far longer than what is in it.
    if (items[index] === undefined && !(index in items)) return lookAtProperties(items, Object.keys(items), findings);
    const obstacle = look(items[index], findings);
    if (obstacle !== undefined) return within(obstacle, `[${index}]`);
  }
  return lookAtProperties(items, namesOn(items), findings);
}

/** What hangs on an array under names. In a long one, to look for that would take as long as to copy it. */
export function namesOn(items: readonly unknown[]): string[] {
  if (items.length > LONGEST_WITH_NAMES) return [];
  const keys = Object.keys(items);
  return keys.length === items.length ? [] : keys.slice(items.length);
}

function lookAtSet(set: ReadonlySet<unknown>, findings: Findings): Obstacle | undefined {
  for (const item of set) {
    const obstacle = look(item, findings);
    if (obstacle !== undefined) return within(obstacle, '.values()');
  }
  return undefined;
}

function lookAtMap(map: ReadonlyMap<unknown, unknown>, findings: Findings): Obstacle | undefined {
  for (const [key, value] of map) {
    const inKey = look(key, findings);
    if (inKey !== undefined) return within(inKey, '.keys()');
    const inValue = look(value, findings);
    if (inValue !== undefined) return within(inValue, `.get(${inspect(key, { depth: 0 })})`);
  }
  return undefined;
}
