import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const CUSTOMERS = 2_000;
const PRODUCTS = 500;
const ORDERS = 60_000;

/** A database file in a folder of its own, which goes away with the process. */
export interface OrdersDatabase {
  readonly file: string;
}

/**
 * Builds a table of orders without an index on what the query groups by, the
 * way tables grow in practice. The rows follow from their number, so every run
 * asks the same question of the same data.
 */
export function buildOrdersDatabase(): OrdersDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-example-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));

  const file = join(folder, 'orders.sqlite');
  const database = new DatabaseSync(file);
  database.exec(`
    CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER, product INTEGER, cents INTEGER);
    BEGIN`);
  const insert = database.prepare('INSERT INTO orders (customer, product, cents) VALUES (?, ?, ?)');
  for (let row = 0; row < ORDERS; row++) {
    insert.run((row * 7919) % CUSTOMERS, (row * 31) % PRODUCTS, 100 + ((row * 104_729) % 90_000));
  }
  database.exec('COMMIT');
  database.close();
  return { file };
}
