/** What the import makes of the lines: one record for each customer. */
export interface Customer {
  orders: number;
  /** In cents. */
  turnover: number;
}

/** A file of orders, as it came from somewhere: `customer;count;price`. Some lines are broken. */
export function orderLines(count: number): string[] {
  return Array.from({ length: count }, (_, i) =>
    i % 1_000 === 999 ? 'broken' : `customer ${i % 250};${(i % 7) + 1};${(i % 100) + 0.5}`,
  );
}

/**
 * Reads orders, a line a piece. The objects stay in this thread, where others use them meanwhile: that is why the work
 * is chopped, and not deferred.
 *
 * @param customers is filled
 * @returns the numbers of the lines that could not be read
 */
export function* importOrders(
  lines: readonly string[],
  customers: Map<string, Customer>,
): Generator<number, readonly number[]> {
  const broken: number[] = [];
  for (const [i, line] of lines.entries()) {
    const [name = '', count, price] = line.split(';');
    const cents = Math.round(Number(count) * Number(price) * 100);
    if (Number.isNaN(cents)) broken.push(i + 1);
    else add(customers, name, cents);
    yield (i + 1) / lines.length;
  }
  return broken;
}

function add(customers: Map<string, Customer>, name: string, cents: number): void {
  const customer = customers.get(name) ?? { orders: 0, turnover: 0 };
  customer.orders++;
  customer.turnover += cents;
  customers.set(name, customer);
}
