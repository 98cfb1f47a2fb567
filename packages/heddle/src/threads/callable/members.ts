import { types } from 'node:util';

/** A function found on an object: the steps that lead to it, and the object that holds it. */
export interface Member {
  readonly path: readonly string[];
  readonly owner: object;
}

interface Place {
  readonly object: object;
  readonly parent: Place | undefined;
  readonly key: string;
  readonly depth: number;
}

// Big object graphs (a dictionary, a cache) are not searched to the end: 30 ms of the loop's time is enough.
const MOST_MEMBERS = 20_000;
const LONGEST_ARRAY = 1_000;

/** Gets each function a walk meets, and the way to it; returns true to end the walk. */
export type Visit = (f: Function, owner: object, path: () => string[]) => boolean;

/**
 * Visits every function reachable from `root` through own data properties, nearest first.
 *
 * Getters are never called, prototypes are not entered (a method of instances has no
 * receiver of its own), Proxies are not looked into.
 *
 * @param depth the longest path to try, in steps
 * @returns the objects that were looked through
 */
export function walkMembers(root: object, depth: number, visit: Visit): readonly Place[] {
  const seen = new Set<object>([root]);
  let members = 0;
  const places: Place[] = [{ object: root, parent: undefined, key: '', depth: 0 }];
  // The list grows while it is gone through: breadth first, without a queue that moves its elements.
  for (const place of places) {
    for (const key of Object.getOwnPropertyNames(place.object)) {
      members += 1;
      if (members > MOST_MEMBERS) return places;
      if (key === 'prototype' || key === 'constructor') continue;
      const value = dataProperty(place.object, key);
      if (value === null || (typeof value !== 'object' && typeof value !== 'function')) continue;
      if (typeof value === 'function' && visit(value, place.object, () => pathTo(place, key))) return places;
      if (place.depth + 1 < depth && !seen.has(value) && mayHoldMembers(value)) {
        seen.add(value);
        places.push({ object: value, parent: place, key, depth: place.depth + 1 });
      }
    }
  }
  return places;
}

/** The outcome of looking for one function. */
export interface Found {
  readonly member: Member;
  /** Another object that holds the same function, or inherits it, where it matters which of them becomes `this`. */
  readonly rival: Member | undefined;
}

/** Looks for `f` by identity among the members of `root`. */
export function findMember(root: object, f: Function, depth: number): Found | undefined {
  let member: Member | undefined;
  let rival: Member | undefined;
  const places = walkMembers(root, depth, (candidate, owner, path) => {
    if (candidate !== f) return false;
    if (member === undefined) {
      member = { path: path(), owner };
      return owner === root || !mentionsThis(f);
    }
    if (owner === member.owner) return false;
    rival = { path: path(), owner };
    return true;
  });
  if (member !== undefined && member.owner !== root && mentionsThis(f)) rival ??= heirOf(member, places);
  return member && { member, rival };
}

/** A subclass, or an object made from another: called on it, the function has it for `this`. */
function heirOf({ owner, path }: Member, places: readonly Place[]): Member | undefined {
  const key = path.at(-1) as string;
  const heir = places.find(({ object }) => object !== owner && inherits(object, owner, key));
  return heir?.parent && { path: [...pathTo(heir.parent, heir.key), key], owner: heir.object };
}

function inherits(object: object, owner: object, key: string): boolean {
  for (let link: object | null = object; link !== null && !types.isProxy(link); link = Object.getPrototypeOf(link)) {
    if (link === owner) return true;
    if (Object.hasOwn(link, key)) return false;
  }
  return false;
}

/** Whether some property directly on `object` is computed by a getter, which a search passes over. */
export function hasGetters(object: object): boolean {
  if (types.isProxy(object)) return false;
  return Object.values(Object.getOwnPropertyDescriptors(object)).some(({ get }) => get !== undefined);
}

/** The value of an object's own property, unless a getter gives it. */
export function dataProperty(object: object, key: PropertyKey): unknown {
  try {
    return Object.getOwnPropertyDescriptor(object, key)?.value;
  } catch {
    // An export that is still in its dead zone.
    return undefined;
  }
}

function mayHoldMembers(value: object): boolean {
  if (types.isProxy(value) || ArrayBuffer.isView(value)) return false;
  return !Array.isArray(value) || value.length <= LONGEST_ARRAY;
}

function pathTo(place: Place, key: string): string[] {
  const path = [key];
  for (let at: Place | undefined = place; at?.parent !== undefined; at = at.parent) path.unshift(at.key);
  return path;
}

function mentionsThis(f: Function): boolean {
  return /\b(?:this|super)\b/.test(Function.prototype.toString.call(f));
}
