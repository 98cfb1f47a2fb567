import { types } from 'node:util';
import type { CodedInstance } from './coded.ts';
import type { ErrorDetails } from './error-details.ts';

/** An instance as it is sent, with what only the sender knows of it. */
export interface Outgoing extends CodedInstance {
  readonly original: object;
  /** Whether it can be made before its data are. */
  readonly hasCreate: boolean;
}

/** The order in which instances can be decoded, and those for which there is none. */
export interface DecodingOrder {
  readonly ordered: readonly Outgoing[];
  /** Instances that are part of their own data, and must be made from them in one step. */
  readonly cyclic: readonly Outgoing[];
}

/**
 * Sorts instances so that each one's data can be complete when it is decoded: a search for the strongly
 * connected parts of the graph (Tarjan's), which finds the innermost parts first.
 */
export function decodingOrder(instances: readonly Outgoing[], errors: readonly ErrorDetails[]): DecodingOrder {
  const byStandIn = new Map(instances.map((instance) => [instance.standIn, instance]));
  const propertiesOf = new Map(errors.map(({ error, properties }) => [error as object, properties]));
  const numbers = new Map<object, number>();
  const open: object[] = [];
  const isOpen = new Set<object>();
  const ordered: Outgoing[] = [];
  const cyclic: Outgoing[] = [];

  const parts = (node: object): Iterable<unknown> => {
    const instance = byStandIn.get(node);
    if (instance !== undefined) return [instance.data];
    const properties = propertiesOf.get(node);
    return properties === undefined ? partsOf(node) : properties.map(([, value]) => value);
  };
  const visit = (node: object): number => {
    const number = numbers.size;
    let lowest = number;
    let holdsItself = false;
    numbers.set(node, number);
    open.push(node);
    isOpen.add(node);
    for (const part of parts(node)) {
      if (typeof part !== 'object' || part === null) continue;
      if (part === node) holdsItself = true;
      const seen = numbers.get(part);
      if (seen === undefined) lowest = Math.min(lowest, visit(part));
      else if (isOpen.has(part)) lowest = Math.min(lowest, seen);
    }
    if (lowest === number) close(open.splice(open.lastIndexOf(node)), holdsItself);
    return lowest;
  };
  const close = (component: readonly object[], holdsItself: boolean): void => {
    for (const node of component) {
      isOpen.delete(node);
      const instance = byStandIn.get(node);
      if (instance === undefined) continue;
      ordered.push(instance);
      if ((component.length > 1 || holdsItself) && !instance.hasCreate) cyclic.push(instance);
    }
  };
  for (const { standIn } of instances) if (!numbers.has(standIn)) visit(standIn);
  return { ordered, cyclic };
}

/** What lies in a container as structured clone makes it. */
export function* partsOf(container: object): Iterable<unknown> {
  if (types.isMap(container)) for (const entry of container) yield* entry;
  else if (types.isSet(container)) yield* container;
  else if (isPlain(container)) yield* Object.values(container);
}

/**
 * Whether an object's properties are what it holds. Of byte arrays and such, there may be millions. Under Jest, what Node
 * has read is of another realm than this code.
 */
export function isPlain(object: object): boolean {
  if (Array.isArray(object)) return true;
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype !== null && Object.getPrototypeOf(prototype) === null;
}
