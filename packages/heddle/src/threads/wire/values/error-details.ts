import {
  AlreadyCalledError,
  CancelledError,
  InvalidArgumentError,
  NotPausedError,
  TimeoutError,
} from '../../../defer/errors.ts';
import { CallableError } from '../errors/callable-error.ts';
import { CodecError } from '../errors/codec-error.ts';
import { BoundObjectLostError } from '../errors/bound-object-lost-error.ts';
import { NotIterableError } from '../iteration.ts';
import { ReactorCallError } from '../errors/reactor-call-error.ts';
import { StorageNotExportedError } from '../errors/storage-not-exported-error.ts';
import { UnclonableError } from '../errors/unclonable-error.ts';

/** What makes an error whole again on the other side. */
export interface ErrorDetails {
  /** The error as structured clone carries it: a plain Error with the right stack. */
  readonly error: Error;
  /** The class among {@link sharedErrorClasses} that is nearest to the error's own. */
  readonly className: string;
  /** Its own properties: key, value, whether it is enumerable. */
  readonly properties: readonly (readonly [key: string, value: unknown, enumerable: boolean])[];
}

/** The error classes that exist in every thread. The nearest ones come first: a subclass before its parent. */
const sharedErrorClasses: ReadonlyMap<string, abstract new (...args: never[]) => Error> = new Map(
  [
    CallableError,
    CodecError,
    UnclonableError,
    ReactorCallError,
    NotIterableError,
    BoundObjectLostError,
    StorageNotExportedError,
    AlreadyCalledError,
    CancelledError,
    InvalidArgumentError,
    NotPausedError,
    TimeoutError,
    AggregateError,
    // From Node 24 on.
    ...('SuppressedError' in globalThis ? [SuppressedError] : []),
    EvalError,
    RangeError,
    ReferenceError,
    SyntaxError,
    TypeError,
    URIError,
    DOMException,
    Error,
  ].map((errorClass) => [errorClass.name, errorClass]),
);

const sharedPrototypes: ReadonlySet<unknown> = new Set(
  [...sharedErrorClasses.values()].map((errorClass) => errorClass.prototype),
);

/** Every own property of an error but its stack, which structured clone carries. */
export function errorKeys(error: Error): string[] {
  const keys = Object.getOwnPropertyNames(error).filter((key) => key !== 'stack');
  // A DOMException keeps these in its prototype's getters.
  return error instanceof DOMException ? [...new Set([...keys, 'message', 'name', 'code'])] : keys;
}

/** The name of the nearest class that both sides have. */
export function nearestSharedClass(error: Error): string {
  for (const [name, errorClass] of sharedErrorClasses) {
    if (error instanceof errorClass) return name;
  }
  return foreignSharedClass(error);
}

/** Of an error from another realm (`node:vm`, Jest), whose classes have the same names. */
function foreignSharedClass(error: Error): string {
  for (let link: unknown = error; link !== null; link = Object.getPrototypeOf(link)) {
    const made: unknown = Object.getOwnPropertyDescriptor(link, 'constructor')?.value;
    if (typeof made !== 'function') continue;
    const shared = sharedErrorClasses.get(made.name);
    if (shared !== undefined && shared === Reflect.get(globalThis, made.name)) return made.name;
  }
  return 'Error';
}

/** The prototype that an error has where it arrives. */
export function arrivingPrototype(error: Error): object {
  return (sharedErrorClasses.get(nearestSharedClass(error)) ?? Error).prototype as object;
}

/** Whether errors with this prototype have a class that exists in every thread. */
export function isSharedErrorClass(prototype: unknown): boolean {
  return sharedPrototypes.has(prototype);
}

/** Makes a cloned error what it was before it travelled, in place. */
export function restoreError({ error, className, properties }: ErrorDetails): void {
  const errorClass = sharedErrorClasses.get(className) ?? Error;
  Object.setPrototypeOf(error, errorClass.prototype);
  for (const [key, value, enumerable] of properties) {
    Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
  }
}
