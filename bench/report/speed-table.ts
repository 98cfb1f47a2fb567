import type { Results } from '../results.ts';
import { figureTable } from './field-table.ts';

/** What whoever thinks of changing libraries asks first. */
const figuresShown = [
  'one-in-flight.roundTrip',
  'one-in-flight.rate',
  'many-in-flight.hundred',
  'object.rate',
  'spaced-calls.roundTrip',
  'queued-call.memory',
  'idle.memory',
  'first-call.call',
  'first-call.loaded',
];

/** Not libraries for Node, but what these are measured by. */
const notPools = ['MessagePort', 'Twisted'];

/** A few figures of the pools of others, on the newest Node that was measured. */
export function speedTable([newest]: readonly Results[]): string {
  if (newest === undefined) throw new Error('There are no results to show: npm run bench');
  const { environment, peers, figures } = newest;
  const table = figureTable({
    peers: peers.filter(({ name }) => !notPools.includes(name)),
    figures: figures.filter(({ name }) => figuresShown.includes(name)),
  });
  const where = `Node ${environment.node.slice(1)}, ${environment.platform}, ${environment.cores} cores, ${environment.date.slice(0, 10)}`;
  return `${table}\n\nIn brackets: how many times better Heddle is; below 1 it is worse. ${where}.`;
}
