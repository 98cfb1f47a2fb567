import type { CallNode } from '../run/call-tree.ts';

/** One tree of what several have in common. */
export function mergedTree(trees: readonly CallNode[]): CallNode {
  const [first = { name: '', place: '', origin: 'node' as const }] = trees;
  const groups = new Map<string, CallNode[]>();
  for (const child of trees.flatMap(({ children }) => children)) {
    const key = `${child.name}\n${child.place}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [child]);
    else group.push(child);
  }
  return {
    name: first.name,
    place: first.place,
    origin: first.origin,
    milliseconds: Math.round(trees.reduce((sum, { milliseconds }) => sum + milliseconds, 0) * 10) / 10,
    children: [...groups.values()].map(mergedTree).sort((a, b) => b.milliseconds - a.milliseconds),
  };
}
