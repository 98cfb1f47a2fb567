// Asks a database of Node's own.
import { DatabaseSync } from 'node:sqlite';

const database = new DatabaseSync(':memory:');

function countPairs(rows: number): unknown {
  const statement = database.prepare(
    'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < ?) SELECT sum(x * x % 7) AS s FROM n',
  );
  return statement.get(rows); // blocks
}

setTimeout(() => {
  console.log(countPairs(2_500_000) !== undefined);
}, 100);
