/** So many items are sorted, and so many comparisons made when two rows are merged, in one piece. */
const PIECE = 64;

type Compare<T> = (one: T, other: T) => number;

/**
 * The items in order, as a new array, by a merge sort that yields after every
 * few dozen comparisons the part of the work that is done, from 0 to 1.
 */
export function* sortedInPieces<T>(items: ArrayLike<T>, compare?: Compare<T>): Generator<number, T[]> {
  const { defined, missing } = yield* split(items);
  const sorted = compare === undefined ? yield* sortedAsTexts(defined) : yield* merged(defined, compare);
  for (let i = 0; i < missing; i++) sorted.push(undefined as T);
  return sorted;
}

/** Arrays put what is undefined at the end, and never show it to the comparison. */
function* split<T>(items: ArrayLike<T>): Generator<number, { defined: T[]; missing: number }> {
  const { length } = items;
  const defined: T[] = [];
  for (let i = 0; i < length; i++) {
    if (items[i] !== undefined) defined.push(items[i] as T);
    if (i % PIECE === 0) yield 0;
  }
  return { defined, missing: length - defined.length };
}

function* sortedAsTexts<T>(items: readonly T[]): Generator<number, T[]> {
  const entries: { readonly item: T; readonly text: string }[] = [];
  for (const item of items) {
    // Unlike String(), which would take symbols: an array's own sort does not.
    entries.push({ item, text: `${item}` });
    if (entries.length % PIECE === 0) yield 0;
  }
  const sorted = yield* merged(entries, (one, other) => Number(one.text > other.text) - Number(one.text < other.text));
  const result: T[] = [];
  for (const { item } of sorted) {
    result.push(item);
    if (result.length % PIECE === 0) yield 1;
  }
  return result;
}

/** @param items is a copy of the caller's, and is used up */
function* merged<T>(items: T[], compare: Compare<T>): Generator<number, T[]> {
  const { length } = items;
  const passes = 1 + Math.max(0, Math.ceil(Math.log2(length / PIECE)));
  for (let start = 0; start < length; start += PIECE) {
    let at = start;
    for (const item of items.slice(start, start + PIECE).sort(compare)) items[at++] = item;
    yield at / length / passes;
  }
  // Two arrays for all passes: each new one of a large array would hold up the loop, and so would its collection.
  let from = items;
  let to = new Array<T>(length);
  let pass = 1;
  for (let width = PIECE; width < length; width *= 2) {
    let at = 0;
    for (let start = 0; start < length; start += 2 * width) {
      const middle = Math.min(start + width, length);
      const end = Math.min(start + 2 * width, length);
      for (let left = start, right = middle; left < middle || right < end; ) {
        // Equal where the comparison gives no number, as for an array's own sort.
        const takesLeft = right === end || (left < middle && !(compare(from[left] as T, from[right] as T) > 0));
        to[at++] = from[takesLeft ? left++ : right++] as T;
        if (at % PIECE === 0) yield (pass + at / length) / passes;
      }
    }
    [from, to] = [to, from];
    pass++;
    yield pass / passes;
  }
  return from;
}
