/**
 * The same four calls, with the id of the thread that makes them.
 *
 * `hashSync`, `parse` and `gzipSync` return their answer and nothing else, so
 * nobody can tell from it where they ran. The measured load asks for these
 * versions on every second call and for the plain ones on the others; the
 * answers of both must be the same, byte for byte.
 */
import { threadId } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { hashSync } from 'bcryptjs';
import { parse } from 'marked';
import { bestCustomers, type CustomerTotal } from './work.ts';

export interface Witnessed<Answer> {
  readonly answer: Answer;
  readonly threadId: number;
}

export function hashWitnessed(password: string, salt: string): Witnessed<string> {
  return { answer: hashSync(password, salt), threadId };
}

export function parseWitnessed(markdown: string): Witnessed<string> {
  return { answer: parse(markdown, { async: false }), threadId };
}

export function gzipWitnessed(bytes: Uint8Array, level: number): Witnessed<Uint8Array> {
  return { answer: gzipSync(bytes, { level }), threadId };
}

export function bestCustomersWitnessed(databaseFile: string): Witnessed<CustomerTotal[]> {
  return { answer: bestCustomers(databaseFile), threadId };
}
