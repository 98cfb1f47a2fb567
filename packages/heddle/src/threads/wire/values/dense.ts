/**
 * Whether an array has all of its items and nothing else: to go through these by their numbers takes a fraction of the time
 * that it takes by their keys.
 */
export function isDense(items: readonly unknown[]): boolean {
  const { length } = items;
  const keys = Object.keys(items);
  // The items come first, in their order.
  return keys.length === length && (length === 0 || keys[length - 1] === String(length - 1));
}
