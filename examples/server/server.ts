import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { threadId } from 'node:worker_threads';
import type { WorkRoute } from './routes.ts';

/** Answers requests for the page. @returns whether the request was one */
export type PageResponder = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/**
 * Starts the server on a free port of this machine and gives its address.
 *
 * @param makePage is given that address
 */
export async function startServer(
  routes: readonly WorkRoute[],
  makePage: (origin: string) => Promise<PageResponder>,
): Promise<{ server: Server; origin: string }> {
  const byPath = new Map(routes.map((route) => [route.path, route]));
  const server = createServer();
  // Longer than a phase of the measurement: a connection closed as a request arrives would be counted as a failure.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  const respondForPage = await makePage(origin);
  server.on('request', (request, response) => {
    void (async () => {
      if (!(await respondForPage(request, response))) await respond(byPath, request, response);
    })();
  });
  return { server, origin };
}

async function respond(
  routes: ReadonlyMap<string, WorkRoute>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname === '/ping') {
    response.end('pong');
    return;
  }
  const route = routes.get(pathname);
  if (route === undefined) {
    response.writeHead(404, { 'content-type': 'text/plain' });
    response.end(`Nothing at ${pathname}. There are /ping, ${[...routes.keys()].join(', ')}.\n`);
    return;
  }
  try {
    let answer: unknown;
    if (searchParams.get('inline') === '1') {
      answer = route.inline();
      response.setHeader('x-thread-id', threadId);
    } else if (searchParams.get('witness') === '1') {
      const witnessed = await route.witnessed();
      answer = witnessed.answer;
      response.setHeader('x-thread-id', witnessed.threadId);
    } else {
      answer = await route.deferred();
    }
    response.setHeader('content-type', route.contentType);
    response.end(typeof answer === 'string' || answer instanceof Uint8Array ? answer : JSON.stringify(answer));
  } catch (error) {
    response.writeHead(500, { 'content-type': 'text/plain' });
    response.end(`${pathname} failed: ${error instanceof Error ? error.stack : String(error)}\n`);
  }
}
