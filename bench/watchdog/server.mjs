/**
 * An HTTP server with or without a watch, which tells how much processor time it has used: `server.mjs watched|bare`.
 * Each message asks for the figure, in microseconds, all threads of the process included.
 */
import { createServer } from 'node:http';
import { watchLoop } from 'heddle/watchdog';

if (process.argv[2] === 'watched') watchLoop();
const body = JSON.stringify({ greeting: 'hello', items: Array.from({ length: 20 }, (_, index) => ({ index })) });
const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(body);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') process.send?.(address.port);
});
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.(user + system);
});
process.on('disconnect', () => process.exit());
