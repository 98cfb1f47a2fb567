/**
 * The blocking code of our own. It lives in a module beside the program,
 * because a thread imports the module that a function comes from, and the
 * program itself must not start a second time.
 */
import { DatabaseSync } from 'node:sqlite';

export interface CustomerTotal {
  readonly customer: number;
  readonly orders: number;
  readonly products: number;
  readonly cents: number;
}

// One connection for each thread that asks: a connection cannot be shared, and opening one costs more than a row.
const connections = new Map<string, DatabaseSync>();

/** The twenty customers who spent most: a full scan with an aggregate, synchronous like everything in node:sqlite. */
export function bestCustomers(databaseFile: string): CustomerTotal[] {
  let database = connections.get(databaseFile);
  if (database === undefined) {
    database = new DatabaseSync(databaseFile, { readOnly: true });
    connections.set(databaseFile, database);
  }
  const rows = database
    .prepare(
      `SELECT customer, count(*) AS orders, count(DISTINCT product) AS products, sum(cents) AS cents
         FROM orders GROUP BY customer ORDER BY cents DESC, customer LIMIT 20`,
    )
    .all();
  return rows.map((row) => ({
    customer: Number(row['customer']),
    orders: Number(row['orders']),
    products: Number(row['products']),
    cents: Number(row['cents']),
  }));
}
