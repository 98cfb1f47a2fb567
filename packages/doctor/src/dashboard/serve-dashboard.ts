import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, isIPv6 } from 'node:net';
import { hostname } from 'node:os';
import { inspect } from 'node:util';
import { isMainThread } from 'node:worker_threads';
import { InvalidArgumentError } from 'heddle/defer';
import type { Reactor } from 'heddle/reactor';
import { watchLoop } from 'heddle/watchdog';
import { Access } from './access.ts';
import { completeDashboardOptions, type DashboardOptions, isLoopback } from './options.ts';
import { ProgramView } from './program-view.ts';
import { register } from './registration.ts';
import { answer } from './routes.ts';
import { Viewers } from './viewers.ts';

/** What the dashboard needs of a reactor: to end with it. */
export type DashboardReactor = Pick<Reactor, 'addSystemEventTrigger' | 'removeSystemEventTrigger'>;

/** A dashboard that is served. */
export interface Dashboard extends AsyncDisposable {
  /** The address of the page. On this machine's own address it shows everything; to cancel calls takes the token. */
  readonly url: string;
  /** The same with the token, for a person or for `heddle-doctor top`. Whoever has it may cancel calls. */
  readonly loginUrl: string;
  readonly token: string;
  /** Ends it: pages are disconnected, and nothing is watched any more. Settles when the port is free. */
  stop(): Promise<void>;
}

const MOST_CONNECTIONS = 100;

/**
 * Serves a page on which one can see, live, what the program does: how long the loop lets callbacks wait and which code
 * blocks it, the thread pools with what each thread runs and what waits, the slowest and the most frequent calls. Calls
 * can be cancelled there by whoever has the token. For development, and to be left on in production: it shows no
 * arguments, no results and no messages of errors, its memory is bounded, and it takes samples only while somebody looks.
 *
 * It listens on `127.0.0.1`, unless another `host` is given; then also reading needs the token. It does not keep the
 * process, and ends with the shutdown of the reactor, so that one sees what a shutdown waits for.
 *
 * @param reactor whose shutdown ends the dashboard
 * @throws InvalidArgumentError when an option cannot be what it is given as or there is no reactor, and Node's error where
 *   it cannot listen (`EADDRINUSE` …): both reject the promise, and nothing is served
 *
 * @example
 * ```ts
 * import { serveDashboard } from '@heddle/doctor';
 * import { reactor } from 'heddle';
 *
 * await using dashboard = await serveDashboard(reactor, { port: 0 });
 * const page = await fetch(dashboard.url);
 * console.log(page.status); // prints 200
 * ```
 */
export async function serveDashboard(reactor: DashboardReactor, options: DashboardOptions = {}): Promise<Dashboard> {
  requireReactor(reactor);
  const { port, host, token: given, hosts, frameAncestors, threshold, name, pools } = completeDashboardOptions(options);
  const server = createServer();
  server.maxConnections = MOST_CONNECTIONS;
  // Before anything can connect.
  server.on('connection', (socket) => socket.unref());
  server.listen(port, host);
  await once(server, 'listening');
  server.unref();

  const { address, port: actualPort } = server.address() as AddressInfo;
  const isLocal = isLoopback(address);
  const token = given ?? randomBytes(24).toString('base64url');
  // All addresses of the machine are none that one could open.
  const isEverywhere = address === '0.0.0.0' || address === '::';
  const urlAt = (name: string): string => `http://${isIPv6(name) ? `[${name}]` : name}:${actualPort}/`;
  const url = urlAt(isEverywhere ? hostname() : host);
  const access = new Access({
    token,
    isPrivate: !isLocal || given !== undefined || hosts.length > 0,
    proxies: hosts,
    hostNames: isLocal ? new Set(['127.0.0.1', 'localhost', '[::1]', host.toLowerCase(), ...hosts]) : undefined,
  });
  const view = new ProgramView(name, pools, {
    sampled: (sample) => viewers.tell('sample', sample),
    blocked: (blocked) => viewers.tell('blocked', blocked),
  });
  const viewers = new Viewers(view);
  const served = { access, view, viewers, headers: securityHeaders(frameAncestors) };
  server.on('request', (request, response) => {
    // What can fail is a connection that broke, or a file of the package that is gone.
    answer(served, request, response).catch(() => response.destroy());
  });
  // A thread's own loop cannot be watched; all else can be shown of it.
  const watch =
    threshold === Number.POSITIVE_INFINITY || !isMainThread
      ? undefined
      : watchLoop({ threshold, onBlocked: (block) => view.loopWasBlocked(block) });
  const loginUrl = `${url}#token=${encodeURIComponent(token)}`;
  const unregister = register({ pid: process.pid, url: isEverywhere ? urlAt('127.0.0.1') : url, token });
  if (!isLocal && given === undefined) process.stderr.write(`The dashboard, with its token: ${loginUrl}\n`);

  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= (async (): Promise<void> => {
      reactor.removeSystemEventTrigger(trigger);
      unregister();
      watch?.stop();
      viewers.stop();
      view.end();
      await close(server);
    })();
    return stopped;
  };
  // By then the calls in threads are done.
  const trigger = reactor.addSystemEventTrigger('during', 'shutdown', stop);
  return { url, loginUrl, token, stop, [Symbol.asyncDispose]: stop };
}

/** Before anything is served that nobody could end. */
function requireReactor(reactor: unknown): void {
  const { addSystemEventTrigger } = (reactor ?? {}) as Partial<DashboardReactor>;
  if (typeof addSystemEventTrigger === 'function') return;
  throw new InvalidArgumentError(
    `A dashboard ends with a reactor, which serveDashboard is given first, not with ${inspect(reactor, { depth: 0 })}.`,
  );
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function securityHeaders(frameAncestors: readonly string[]): Record<string, string> {
  const ancestors = frameAncestors.length === 0 ? "'none'" : frameAncestors.join(' ');
  return {
    'content-security-policy': `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors ${ancestors}`,
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
}
