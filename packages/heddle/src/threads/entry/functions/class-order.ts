import type { CapturedReference, Target } from '../../wire/captured.ts';

/**
 * The classes of a captured reference, in the order in which they are made: a class runs code then, and what that uses
 * has to be there, be it by way of functions and values.
 */
export function classOrder(reference: CapturedReference): readonly number[] {
  const { functions } = reference;
  const order = new Set<number>();
  const known = new Map<number, Needed>();
  const needs = (index: number): Needed => {
    const needed = known.get(index) ?? neededBy(reference, index);
    known.set(index, needed);
    return needed;
  };
  const add = (index: number, waiting: ReadonlySet<number>): void => {
    if (order.has(index) || waiting.has(index)) return;
    const { direct, indirect } = needs(index);
    const others = new Set([...waiting, index]);
    for (const needed of direct) add(needed, others);
    for (const needed of indirect) {
      // What needs this class itself was made after it: the code that comes by it here did not run then.
      const { direct: first, indirect: more } = needs(needed);
      if (![...first, ...more].some((one) => others.has(one))) add(needed, others);
    }
    order.add(index);
  };
  functions.forEach(({ form }, index) => {
    if (form === 'class') add(index, new Set());
  });
  return [...order];
}

interface Needed {
  /** The classes that the code names which runs when the class is made. */
  readonly direct: readonly number[];
  /** The classes that it can come by. */
  readonly indirect: readonly number[];
}

function neededBy({ functions, patches }: CapturedReference, index: number): Needed {
  const own = functions[index];
  const isClass = (at: number): boolean => functions[at]?.form === 'class';
  const bindings = own?.bindings ?? [];
  const named = bindings.filter(({ name }) => own?.neededAtOnce.includes(name));
  const inSlot = (slot: number): Target[] => patches.flatMap((patch) => (patch.slot === slot ? [patch.target] : []));
  const reached = new Set<number>();
  const open: Target[] = own?.runsCode === true ? bindings.map(({ target }) => target) : [];
  const slots = new Set<number>();
  for (let target = open.pop(); target !== undefined; target = open.pop()) {
    if (target.kind === 'value' && !slots.has(target.slot)) {
      slots.add(target.slot);
      open.push(...inSlot(target.slot));
    }
    if (target.kind !== 'function' || reached.has(target.index)) continue;
    reached.add(target.index);
    for (const binding of functions[target.index]?.bindings ?? []) open.push(binding.target);
  }
  const direct = named.flatMap(({ target }) =>
    target.kind === 'function' && isClass(target.index) ? [target.index] : [],
  );
  return { direct, indirect: [...reached].filter((at) => isClass(at) && !direct.includes(at)) };
}
