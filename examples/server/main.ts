/**
 * A server with real blocking work, measured from a second process: first with
 * the work on the event loop, then with the same work in threads.
 *
 * HEDDLE_DEMO_SECONDS sets the length of each of the two phases.
 */
import { relative } from 'node:path';
import { ClientProcess } from './client/process.ts';
import { buildOrdersDatabase } from './database.ts';
import { faults } from './measure/checks.ts';
import { writeResult } from './measure/json-result.ts';
import { measureMode } from './measure/measure-mode.ts';
import { table } from './measure/table.ts';
import { workRoutes } from './routes.ts';
import { startServer } from './server.ts';

const seconds = phaseSeconds(process.env['HEDDLE_DEMO_SECONDS']);
// An exit, not a mere signal, so that the temporary database goes away.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

const routes = workRoutes(buildOrdersDatabase());
const { server, origin } = await startServer(routes);
console.log(`A server at ${origin} with /ping and blocking work:\n`);
for (const { path, work } of routes) console.log(`  ${path.padEnd(12)}${work}`);
console.log('\nA second process pings it 100 times a second, while four clients keep work waiting.\n');

const client = new ClientProcess(
  origin,
  routes.map(({ path }) => path),
);
try {
  const inline = await measureMode(client, 'inline', seconds);
  const deferred = await measureMode(client, 'deferred', seconds);
  const modes = { inline: inline.summary, deferred: deferred.summary };

  console.log(`\n${table(inline.summary, deferred.summary)}\n`);
  console.log(`Written to ${relative(process.env['INIT_CWD'] ?? '.', writeResult(routes, seconds, modes))}`);

  const found = faults({ inline: inline.reports, deferred: deferred.reports }, modes);
  for (const fault of found) console.error(`Not as it must be: ${fault}`);
  if (found.length > 0) process.exitCode = 1;
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  client.stop();
}

const someoneWatches = process.stdin.isTTY === true && process.stdout.isTTY === true;
if (someoneWatches && process.exitCode !== 1) {
  console.log(`
The server stays up until Ctrl-C. While one of these runs, see how /ping answers in another terminal:
  on the loop    ${origin}/hash?inline=1
  in a thread    ${origin}/hash`);
} else {
  // Nothing else holds the process: it ends by itself, with the threads that are idle by now.
  server.close();
  server.closeAllConnections();
}

function phaseSeconds(given: string | undefined): number {
  if (given === undefined || given === '') return 12;
  const value = Number(given);
  if (Number.isFinite(value) && value > 0) return value;
  throw new Error(`HEDDLE_DEMO_SECONDS must be a number of seconds above 0, not '${given}'.`);
}
