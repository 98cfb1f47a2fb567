import { inspect } from 'node:util';
import { type ErrorDetails, nearestSharedClass } from './error-details.ts';
import type { Parcel } from './payload.ts';
import { kindOf } from './plain.ts';
import { UnclonableError } from './unclonable-error.ts';

/** Below this many bytes a copy costs less than moving an ArrayBuffer. */
const WORTH_MOVING = 16 * 1024;

/** A value that cannot be sent, and the keys that lead to it, the innermost first. */
interface Obstacle {
  readonly value: unknown;
  readonly path: string[];
}

/** What a look through a value has found. */
interface Findings {
  /** Objects that were looked at, so that a cycle ends. */
  readonly seen: Set<object>;
  readonly buffers: Buffer[];
  /** Whether something has to be replaced by a stand-in before the value can be sent. */
  needsCopy: boolean;
  /** Whether a text may stand in for what cannot be sent: an error must arrive, whatever hangs on it. */
  readonly lenient: boolean;
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
 * @throws UnclonableError naming the path to what cannot be sent
 */
export function pack(value: unknown, root: string): Parcel {
  if (kindOf(value) === 'primitive') return { payload: { value }, transfer: [] };
  const findings: Findings = { seen: new Set(), buffers: [], needsCopy: false, lenient: false };
  const obstacle = look(value, findings);
  if (obstacle !== undefined) throw refusal(obstacle, root);
  return send(value, findings);
}

/**
 * Makes what was thrown ready to be sent. Never refuses: an error's property
 * that cannot be sent arrives as a text that says what it was.
 *
 * @param stackOf gives the stack that an error shall have on the other side
 */
export function packThrown(
  thrown: unknown,
  stackOf: (error: Error) => string | undefined = (error) => error.stack,
): Parcel {
  const findings: Findings = { seen: new Set(), buffers: [], needsCopy: false, lenient: true };
  look(thrown, findings);
  return send(thrown, findings, stackOf);
}

function send(value: unknown, findings: Findings, stackOf?: (error: Error) => string | undefined): Parcel {
  if (!findings.needsCopy) {
    return { payload: { value, buffers: findings.buffers.length > 0 ? findings.buffers : undefined }, transfer: [] };
  }
  const copy = new Copy(stackOf);
  const copied = copy.of(value);
  return { payload: { value: copied, buffers: copy.buffers, errors: copy.errors }, transfer: copy.transfer };
}

function look(value: unknown, findings: Findings): Obstacle | undefined {
  const kind = kindOf(value);
  if (kind === 'primitive') return undefined;
  if (kind === 'refused') {
    if (!findings.lenient) return { value, path: [] };
    findings.needsCopy = true;
    return undefined;
  }
  const object = value as object;
  if (findings.seen.has(object)) return undefined;
  findings.seen.add(object);
  switch (kind) {
    case 'object':
      return lookAtProperties(object, Object.keys(object), findings);
    case 'array':
      return lookAtItems(object as unknown[], findings);
    case 'map':
      return lookAtMap(object as Map<unknown, unknown>, findings);
    case 'set':
      return lookAtItems([...(object as Set<unknown>)], findings);
    case 'buffer':
      findings.buffers.push(object as Buffer);
      if (isPartOfSlab(object as Buffer)) findings.needsCopy = true;
      return undefined;
    case 'error':
      findings.needsCopy = true;
      return lookAtProperties(object, errorKeys(object as Error), findings);
    default:
      return undefined;
  }
}

function lookAtProperties(object: object, keys: readonly string[], findings: Findings): Obstacle | undefined {
  for (const key of keys) {
    const obstacle = look((object as Record<string, unknown>)[key], findings);
    if (obstacle !== undefined)
      return within(obstacle, /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(key) ? `.${key}` : `[${inspect(key)}]`);
  }
  return undefined;
}

function lookAtItems(items: readonly unknown[], findings: Findings): Obstacle | undefined {
  for (let index = 0; index < items.length; index++) {
    const obstacle = look(items[index], findings);
    if (obstacle !== undefined) return within(obstacle, `[${index}]`);
  }
  return undefined;
}

function lookAtMap(map: Map<unknown, unknown>, findings: Findings): Obstacle | undefined {
  for (const [key, value] of map) {
    const inKey = look(key, findings);
    if (inKey !== undefined) return within(inKey, `.keys()`);
    const inValue = look(value, findings);
    if (inValue !== undefined) return within(inValue, `.get(${inspect(key, { depth: 0 })})`);
  }
  return undefined;
}

function within(obstacle: Obstacle, step: string): Obstacle {
  obstacle.path.push(step);
  return obstacle;
}

function isPartOfSlab(buffer: Buffer): boolean {
  return buffer.buffer instanceof ArrayBuffer && buffer.byteLength !== buffer.buffer.byteLength;
}

/** Every own property of an error but its stack, which structured clone carries. */
function errorKeys(error: Error): string[] {
  const keys = Object.getOwnPropertyNames(error).filter((key) => key !== 'stack');
  // A DOMException keeps these in its prototype's getters.
  return error instanceof DOMException ? [...new Set([...keys, 'message', 'name', 'code'])] : keys;
}

/** Copies containers as far as they hold what needs a stand-in, keeping identity and cycles. */
class Copy {
  readonly buffers: Uint8Array[] = [];
  readonly errors: ErrorDetails[] = [];
  readonly transfer: ArrayBuffer[] = [];
  readonly #copies = new Map<object, object>();
  readonly #stackOf: (error: Error) => string | undefined;

  constructor(stackOf: (error: Error) => string | undefined = (error) => error.stack) {
    this.#stackOf = stackOf;
  }

  of(value: unknown): unknown {
    const kind = kindOf(value);
    if (kind === 'primitive' || kind === 'cloneable') return value;
    if (kind === 'refused') return describe(value);
    const object = value as object;
    return this.#copies.get(object) ?? this.#make(kind, object);
  }

  #make(kind: 'object' | 'array' | 'map' | 'set' | 'buffer' | 'error', object: object): object {
    switch (kind) {
      case 'object': {
        const copy = this.#remember(object, {} as Record<string, unknown>);
        for (const key of Object.keys(object)) setOwn(copy, key, this.of((object as Record<string, unknown>)[key]));
        return copy;
      }
      case 'array': {
        const copy = this.#remember(object, [] as unknown[]);
        copy.length = (object as unknown[]).length; // with its holes
        for (const key of Object.keys(object))
          setOwn(copy, key, this.of((object as unknown as Record<string, unknown>)[key]));
        return copy;
      }
      case 'map': {
        const copy = this.#remember(object, new Map<unknown, unknown>());
        for (const [key, item] of object as Map<unknown, unknown>) copy.set(this.of(key), this.of(item));
        return copy;
      }
      case 'set': {
        const copy = this.#remember(object, new Set<unknown>());
        for (const item of object as Set<unknown>) copy.add(this.of(item));
        return copy;
      }
      case 'buffer':
        return this.#bytes(object as Buffer);
      case 'error':
        return this.#error(object as Error);
    }
  }

  #remember<C extends object>(original: object, copy: C): C {
    this.#copies.set(original, copy);
    return copy;
  }

  #bytes(buffer: Buffer): Uint8Array {
    if (!isPartOfSlab(buffer)) {
      this.buffers.push(buffer);
      return this.#remember(buffer, buffer);
    }
    const bytes = new Uint8Array(buffer);
    if (bytes.byteLength >= WORTH_MOVING) this.transfer.push(bytes.buffer);
    this.buffers.push(bytes);
    return this.#remember(buffer, bytes);
  }

  #error(error: Error): Error {
    const standIn = this.#remember(error, bareError(this.#stackOf(error)));
    const properties = errorKeys(error).map((key) => {
      const enumerable = Object.prototype.propertyIsEnumerable.call(error, key);
      return [key, this.of((error as unknown as Record<string, unknown>)[key]), enumerable] as const;
    });
    // A name that the prototype of a class of the user's gives would be lost with the prototype.
    const className = nearestSharedClass(error);
    if (!Object.hasOwn(error, 'name') && error.name !== className) properties.push(['name', error.name, false]);
    this.errors.push({ error: standIn, className, properties });
    return standIn;
  }
}

/** A native error with nothing of its own but a stack. */
function bareError(stack: string | undefined): Error {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  const error = new Error();
  Error.stackTraceLimit = limit;
  Object.defineProperty(error, 'stack', { value: stack, writable: true, configurable: true });
  return error;
}

/** By definition, not assignment: a key may be `__proto__`. */
function setOwn(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
}

function describe(value: unknown): string {
  return `[not cloneable: ${inspect(value, { depth: 1, maxStringLength: 200, breakLength: Number.POSITIVE_INFINITY })}]`;
}

function nameOf(value: unknown): string {
  if (typeof value === 'function') return `function ${value.name || '(anonymous)'}`;
  if (typeof value === 'symbol') return String(value);
  const prototype = Object.getPrototypeOf(value) as { constructor?: unknown } | null;
  return typeof prototype?.constructor === 'function' ? prototype.constructor.name : 'object';
}

function refusal(obstacle: Obstacle, root: string): UnclonableError {
  const path = root + obstacle.path.reverse().join('');
  return new UnclonableError(
    `${path}: ${nameOf(obstacle.value)} cannot be sent to another thread. ${wayOut(obstacle.value)}`,
  );
}

function wayOut(value: unknown): string {
  if (typeof value === 'function')
    return 'Functions stay in the thread that made them: send the values that are needed.';
  if (typeof value === 'symbol') return 'Symbols stay in the thread that made them: send a string.';
  return 'Only plain data and the built-in types can be copied: send the values that are needed.';
}
