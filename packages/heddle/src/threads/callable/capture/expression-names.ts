import { originOf } from '../scripts/origin.ts';
import type { ModuleFacts } from './module-facts.ts';
import { expressionNamed } from './named-expressions.ts';
import { sourceOf } from './source.ts';
import type { Usage } from './usage.ts';

/** Where a text starts. */
export interface Start {
  readonly scriptId: string;
  readonly offset: number;
}

/**
 * The names in a text that mean function expressions around it. V8 shows the value of such a name to nobody, and where
 * it shows a variable of that name, it is another one.
 *
 * Where that variable was declared with the function as its value, and gets no other, it is as good: then it is said
 * where the function starts, by which it is known.
 */
export function expressionNames(
  usages: readonly Usage[],
  text: Start | undefined,
  facts: ModuleFacts,
): ReadonlyMap<string, Start | undefined> {
  const names = new Map<string, Start | undefined>();
  if (text === undefined || facts.namedExpressions.size === 0) return names;
  const { scriptId, offset } = text;
  for (const { name } of usages) {
    const found = expressionNamed(facts.namedExpressions, name, offset);
    if (found === undefined) continue;
    const isKept = found.hasNamesake && !facts.reassigned.has(name);
    names.set(name, isKept ? { scriptId, offset: found.start } : undefined);
  }
  return names;
}

const starts = new WeakMap<Function, Start>();

/** Whether a value is a function whose text starts there. */
export function isMadeAt(value: unknown, { scriptId, offset }: Start): boolean {
  if (typeof value !== 'function') return false;
  const start = starts.get(value) ?? startOf(value);
  if (start === undefined) return false;
  starts.set(value, start);
  return start.scriptId === scriptId && start.offset === offset;
}

function startOf(f: Function): Start | undefined {
  const origin = originOf(f);
  if (origin.kind !== 'script') return undefined;
  const source = sourceOf(origin, Function.prototype.toString.call(f));
  return source && { scriptId: origin.scriptId, offset: source.start };
}
