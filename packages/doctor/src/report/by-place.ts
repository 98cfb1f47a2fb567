import { lastPart } from '../judge/written-call.ts';
import type { PlaceRecord } from '../run/records.ts';

interface Placed {
  readonly place: PlaceRecord | undefined;
  readonly kind: string | undefined;
}

/**
 * Puts together what blocked at one place, which has the same line, and the same column or the same names. V8 names a
 * function with the class of what it was called on and without. The column of a call is not always known, and of a
 * function's own code any may have been met.
 */
export function byPlace<Block extends Placed>(blocks: readonly Block[]): Block[][] {
  const groups = new Map<string, Block[]>();
  for (const block of blocks) {
    const keys = keysOf(block);
    const [group = [], ...others] = new Set(keys.map((key) => groups.get(key)).filter((known) => known !== undefined));
    group.push(block);
    for (const key of keys) groups.set(key, group);
    for (const other of others) {
      for (const one of other) group.push(one);
      for (const [key, known] of groups) if (known === other) groups.set(key, group);
    }
  }
  return [...new Set(groups.values())];
}

function keysOf({ place, kind }: Placed): string[] {
  if (place === undefined) return [`\n${kind}`];
  const { file, line, column, functionName, call } = place;
  const names = `${file}:${line} ${lastPart(functionName)} ${lastPart(call ?? '')}`;
  return column > 0 ? [names, `${file}:${line}:${column}`] : [names];
}
