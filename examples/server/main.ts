/**
 * A server with real blocking work, measured from a second process: first with
 * the work on the event loop, then with the same work in threads.
 *
 * HEDDLE_DEMO_SECONDS sets the length of each of the two phases; with 0 nothing is measured, and the server stays up with
 * its page: two buttons, and the dashboard beside them.
 */
import { relative } from 'node:path';
import { serveDashboard } from '@heddle/doctor';
import { reactor } from 'heddle';
import { ClientProcess } from './client/process.ts';
import { buildOrdersDatabase } from './database.ts';
import { faults } from './measure/checks.ts';
import { writeResult } from './measure/json-result.ts';
import { measureMode } from './measure/measure-mode.ts';
import { table } from './measure/table.ts';
import { respondForPage } from './page.ts';
import { workRoutes } from './routes.ts';
import { startServer } from './server.ts';

const seconds = phaseSeconds(process.env['HEDDLE_DEMO_SECONDS']);
// An exit, not a mere signal, so that the temporary database goes away.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

const routes = workRoutes(buildOrdersDatabase());
const { server, origin } = await startServer(routes, async (shownIn) => {
  const dashboard = await serveDashboard(reactor, { name: 'example server', frameAncestors: [shownIn] });
  return (request, response) => respondForPage(dashboard.loginUrl, request, response);
});
console.log(`A server at ${origin} with /ping and blocking work:\n`);
for (const { path, work } of routes) console.log(`  ${path.padEnd(12)}${work}`);
console.log(`\nIts page, with two buttons and the dashboard: ${origin}/`);

// To find functions for threads takes a moment that no request shall have to wait for.
reactor.getThreadPool().start();
if (seconds > 0) await measure();

const someoneWatches = process.stdin.isTTY === true && process.stdout.isTTY === true;
if (seconds === 0 || (someoneWatches && process.exitCode !== 1)) {
  console.log(`
The server stays up until Ctrl-C. Press the buttons on its page, or see how /ping answers while one of these runs:
  on the loop    ${origin}/hash?inline=1
  in a thread    ${origin}/hash`);
} else {
  // Nothing else holds the process: it ends by itself, with the threads that are idle by now.
  server.close();
  server.closeAllConnections();
}

/** Loads the server from a second process, in both ways, and prints how it answered meanwhile. */
async function measure(): Promise<void> {
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
}

function phaseSeconds(given: string | undefined): number {
  if (given === undefined || given === '') return 12;
  const value = Number(given);
  if (Number.isFinite(value) && value >= 0) return value;
  throw new Error(`HEDDLE_DEMO_SECONDS must be a number of seconds, 0 or more, not '${given}'.`);
}
