import { types } from 'node:util';
import type { Address } from '../../wire/address.ts';
import { plainGetter } from '../modules/plain-getters.ts';
import { namespaceOfCommonJs } from './module-namespaces.ts';

/** What a thread has a property by instead of a copy: the address of a module's part, or the getter that names one. */
export type GivenPart = Address | Function;

/**
 * What a module gives a property by, where a compiler or bundler has put the object around it
 * (`() => threads.isMainThread`); undefined for properties that are the object's own.
 */
export function givenPart(owner: object, key: string): GivenPart | undefined {
  const member = namespaceOfCommonJs(owner)?.member(key);
  if (member !== undefined || types.isProxy(owner)) return member;
  const getter = plainGetter(owner, key);
  if (getter === undefined) return undefined;
  const value: unknown = getter();
  // What a function or an object is, shows by itself.
  return typeof value === 'function' || (typeof value === 'object' && value !== null) ? undefined : getter;
}
