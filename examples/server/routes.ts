import { gzipSync } from 'node:zlib';
import { hashSync } from 'bcryptjs';
import { deferToThread } from 'heddle';
import { parse } from 'marked';
import type { OrdersDatabase } from './database.ts';
import { readManual, readSources } from './inputs.ts';
import { bestCustomersWitnessed, gzipWitnessed, hashWitnessed, parseWitnessed, type Witnessed } from './witness.ts';
import { bestCustomers } from './work.ts';

/** One piece of blocking work, called in three ways that must give the same answer. */
export interface WorkRoute<Answer = unknown> {
  readonly path: string;
  readonly work: string;
  readonly contentType: string;
  /** On the event loop: everybody else waits. */
  inline(): Answer;
  /** In a thread: the function itself, as it was imported. */
  deferred(): PromiseLike<Answer>;
  /** In a thread, with the thread's id. */
  witnessed(): PromiseLike<Witnessed<Answer>>;
}

export function workRoutes(database: OrdersDatabase): WorkRoute[] {
  const password = 'the shuttle never stops';
  // A fixed salt makes the hash the same every time. A real server takes a fresh one for each password.
  const salt = '$2b$12$HeddleHoldsTheThreadsu';
  const manual = readManual();
  const sources = readSources();
  const level = 9;

  return [
    {
      path: '/hash',
      work: 'bcryptjs hashSync, cost 12',
      contentType: 'text/plain',
      inline: () => hashSync(password, salt),
      deferred: () => deferToThread(hashSync, password, salt),
      witnessed: () => deferToThread(hashWitnessed, password, salt),
    },
    {
      path: '/manual',
      work: `marked parse, ${kilobytes(Buffer.byteLength(manual))} of Markdown`,
      contentType: 'text/html; charset=utf-8',
      inline: () => parse(manual),
      deferred: () => deferToThread(parse, manual),
      witnessed: () => deferToThread(parseWitnessed, manual),
    },
    {
      path: '/sources',
      work: `zlib gzipSync, ${kilobytes(sources.length)} at level ${level}`,
      contentType: 'application/gzip',
      inline: () => gzipSync(sources, { level }),
      deferred: () => deferToThread(gzipSync, sources, { level }),
      witnessed: () => deferToThread(gzipWitnessed, sources, level),
    },
    {
      path: '/customers',
      work: 'node:sqlite query, 60,000 rows',
      contentType: 'application/json',
      inline: () => bestCustomers(database.file),
      deferred: () => deferToThread(bestCustomers, database.file),
      witnessed: () => deferToThread(bestCustomersWitnessed, database.file),
    },
  ];
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1000)} kB`;
}
