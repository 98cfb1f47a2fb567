import type { CapturedReference, Target } from '../../wire/captured.ts';

/**
 * The classes of a captured reference, in the order in which they are made: a class runs code then, and what that uses
 * has to be there, be it by way of functions and values.
 */
export function classOrder(reference: CapturedReference): readonly number[] {
  const { functions } = reference;
  const order = new Set<number>();
  const known = new Map<number, Needed>();
  const slots = targetsBySlot(reference);
  const needs = (index: number): Needed => {
    const needed = known.get(index) ?? neededBy(reference, slots, index);
    known.set(index, needed);
    return needed;
  };
  // Those that are being added, the last one last.
  const waiting = new Set<number>();
  const add = (index: number): void => {
    if (order.has(index) || waiting.has(index)) return;
    const { direct, all } = needs(index);
    waiting.add(index);
    for (const needed of direct) add(needed);
    for (const needed of all) {
      if (order.has(needed) || waiting.has(needed)) continue;
      // What needs this class itself was made after it: the code that comes by it here did not run then.
      const { all: more } = needs(needed);
      if (!more.has(index) && !hasOneOf(more, waiting)) add(needed);
    }
    waiting.delete(index);
    order.add(index);
  };
  functions.forEach(({ form }, index) => {
    if (form === 'class') add(index);
  });
  return [...order];
}

function hasOneOf(set: ReadonlySet<number>, others: ReadonlySet<number>): boolean {
  for (const one of others) if (set.has(one)) return true;
  return false;
}

interface Needed {
  /** The classes that the code names which runs when the class is made. */
  readonly direct: readonly number[];
  /** These, and the classes that it can come by. */
  readonly all: ReadonlySet<number>;
}

function targetsBySlot({ patches }: CapturedReference): ReadonlyMap<number, readonly Target[]> {
  const slots = new Map<number, Target[]>();
  for (const { slot, target } of patches) {
    const targets = slots.get(slot);
    if (targets === undefined) slots.set(slot, [target]);
    else targets.push(target);
  }
  return slots;
}

function neededBy(
  { functions }: CapturedReference,
  slots: ReadonlyMap<number, readonly Target[]>,
  index: number,
): Needed {
  const own = functions[index];
  const isClass = (at: number): boolean => functions[at]?.form === 'class';
  const bindings = own?.bindings ?? [];
  const named = bindings.filter(({ name }) => own?.neededAtOnce.includes(name));
  const reached = new Set<number>();
  const open: Target[] = own?.runsCode === true ? bindings.map(({ target }) => target) : [];
  const seen = new Set<number>();
  for (let target = open.pop(); target !== undefined; target = open.pop()) {
    if (target.kind === 'value' && !seen.has(target.slot)) {
      seen.add(target.slot);
      for (const inside of slots.get(target.slot) ?? []) open.push(inside);
    }
    if (target.kind !== 'function' || reached.has(target.index)) continue;
    reached.add(target.index);
    for (const binding of functions[target.index]?.bindings ?? []) open.push(binding.target);
  }
  const direct = named.flatMap(({ target }) =>
    target.kind === 'function' && isClass(target.index) ? [target.index] : [],
  );
  return { direct, all: new Set([...direct, ...[...reached].filter(isClass)]) };
}
