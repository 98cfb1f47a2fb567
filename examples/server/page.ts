/**
 * A page with two buttons: the same work on the loop and in threads, and beside it the dashboard, on which one sees what
 * that does to everybody else.
 */
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { hashSync } from 'bcryptjs';
import { deferToThread } from 'heddle';

const PASSWORDS = 6;
const COST = 12;

const files: Readonly<Record<string, readonly [name: string, type: string]>> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/page.css': ['page.css', 'text/css; charset=utf-8'],
  '/main.js': ['main.js', 'text/javascript; charset=utf-8'],
};

/** Answers what belongs to the page. @returns whether it did */
export async function respondForPage(
  dashboard: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const isWork = pathname === '/work/block' || pathname === '/work/defer';
  if (!isWork && pathname !== '/dashboard' && !Object.hasOwn(files, pathname)) return false;
  // The page of another site shall neither have the loop blocked nor get at the dashboard by another name for this server.
  const site = request.headers['sec-fetch-site'] ?? 'none';
  if (
    !/^(127\.0\.0\.1|localhost):\d+$/.test(request.headers.host ?? '') ||
    (site !== 'none' && site !== 'same-origin')
  ) {
    response.writeHead(403).end();
  } else if (isWork) {
    await respondToWork(pathname === '/work/block', request, response);
  } else if (pathname === '/dashboard') {
    response.setHeader('content-type', 'text/plain');
    response.end(dashboard);
  } else {
    const [name, type] = files[pathname] as readonly [string, string];
    response.setHeader('content-type', type);
    response.end(await readFile(new URL(`page/${name}`, import.meta.url)));
  }
  return true;
}

async function respondToWork(isBlocking: boolean, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST') {
    response.writeHead(405, { allow: 'POST' }).end();
    return;
  }
  const since = performance.now();
  const passwords = Array.from({ length: PASSWORDS }, (_, number) => `password ${number}`);
  if (isBlocking) {
    for (const password of passwords) {
      hashSync(password, COST);
      // As if each came with a request of its own.
      await nextTurn();
    }
  } else {
    await Promise.all(passwords.map((password) => deferToThread(hashSync, password, COST)));
  }
  const seconds = ((performance.now() - since) / 1000).toFixed(1);
  response.setHeader('content-type', 'text/plain');
  response.end(`${PASSWORDS} passwords hashed ${isBlocking ? 'on the loop' : 'in threads'} in ${seconds} s.`);
}
