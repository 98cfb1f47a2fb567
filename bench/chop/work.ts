// The three pieces of work, each inline, chopped, and as a function for a thread.

/** The loop: 10^7 items. */
export const ITEMS = 10_000_000;

export function sumOfRoots(items: number): number {
  let sum = 0;
  for (let i = 0; i < items; i++) sum += Math.sqrt(i % 1_000);
  return sum;
}

/** @param every a step ends after so many items */
export function* sumOfRootsInPieces(items: number, every: number): Generator<undefined, number> {
  let sum = 0;
  for (let i = 0; i < items; i++) {
    sum += Math.sqrt(i % 1_000);
    if (i % every === 0) yield;
  }
  return sum;
}

/** The JSON: records, one a line, or all of them in one array. */
export interface Order {
  readonly id: number;
  readonly customer: string;
  readonly items: readonly { readonly name: string; readonly count: number; readonly price: number }[];
}

export function orderLines(count: number): string[] {
  return Array.from({ length: count }, (_, id) =>
    JSON.stringify({
      id,
      customer: `customer ${id % 1_000}`,
      items: Array.from({ length: 5 }, (_item, n) => ({ name: `item ${n}`, count: n + 1, price: (id % 97) + n / 4 })),
    }),
  );
}

export function parseOrders(text: string): Order[] {
  return JSON.parse(text) as Order[];
}

export function* parseOrdersInPieces(lines: readonly string[]): Generator<undefined, Order[]> {
  const orders: Order[] = [];
  for (const line of lines) {
    orders.push(JSON.parse(line) as Order);
    yield;
  }
  return orders;
}

/** What the program wants to know of them: far smaller than they are. */
export function turnoverOf(text: string): number {
  let turnover = 0;
  for (const { items } of parseOrders(text)) for (const { count, price } of items) turnover += count * price;
  return turnover;
}

/** The sort: numbers in no order. */
export function numbers(count: number): number[] {
  let seed = 1;
  return Array.from({ length: count }, () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed;
  });
}

export const ascending = (one: number, other: number): number => one - other;

export function sortNumbers(items: readonly number[]): number[] {
  return items.toSorted((one, other) => one - other);
}

/** A computation that is never short of work. */
export function* busy(milliseconds: number): Generator<undefined, number> {
  const end = performance.now() + milliseconds;
  let sum = 0;
  while (performance.now() < end) {
    for (let i = 0; i < 1_000; i++) sum += Math.sqrt(i);
    yield;
  }
  return sum;
}

/** The same without a task: ten milliseconds of it in each turn of the loop, which nobody can do with less. */
export async function busyByHand(milliseconds: number): Promise<number> {
  const end = performance.now() + milliseconds;
  let sum = 0;
  while (performance.now() < end) {
    const sliceEnd = performance.now() + 10;
    while (performance.now() < sliceEnd) for (let i = 0; i < 1_000; i++) sum += Math.sqrt(i);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return sum;
}
