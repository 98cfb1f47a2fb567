// Cancels each kind of work on the Node that runs this, and prints what was seen: see scripts/cancelling.ts.
import { notInThisNode } from '../../support/skip.ts';
import { cancelledWork, observe, type Observed } from './rows.ts';

const observed: (Observed | null)[] = [];
for (const row of cancelledWork) {
  const isThere = row.needs === undefined || notInThisNode(row.needs) === false;
  observed.push(isThere ? await observe(row) : null);
}
console.log(JSON.stringify({ version: process.versions.node, observed }));
