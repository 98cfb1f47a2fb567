/**
 * The second process: it sees the server as a user does, from outside, with a
 * loop of its own that the server's work cannot hold up.
 */
import type { PhaseOrder } from './messages.ts';
import { runPhase } from './phase.ts';

const [origin, ...paths] = process.argv.slice(2);
if (origin === undefined || paths.length === 0 || process.send === undefined) {
  throw new Error('This is the second process of the example; start it with `npm start -w @heddle/example-server`.');
}

// Ctrl-C reaches both processes. The server decides; this one leaves when the channel closes.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());

process.on('message', async (order: PhaseOrder) => {
  process.send?.(await runPhase(origin, paths, order));
});
