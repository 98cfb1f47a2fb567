import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { suite, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import express from 'express';
import fastify from 'fastify';
import { Deferred, fail, succeed } from 'heddle/defer';
import pLimit from 'p-limit';

const boom = Object.assign(new Error('boom'), { statusCode: 418 });

/** A Deferred that fires in a later turn. */
function soon<T>(value: T): Deferred<T> {
  const d = new Deferred<T>();
  setImmediate(() => d.callback(value));
  return d;
}

function failsSoon(error: unknown): Deferred<never> {
  const d = new Deferred<never>();
  setImmediate(() => d.errback(error));
  return d;
}

/** What the listener answers to a GET of `path`, over a real socket. */
async function ask(listener: RequestListener, path: string): Promise<{ status: number; body: string }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
    return { status: response.status, body: await response.text() };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

suite('a Deferred where a promise is expected', () => {
  test('goes through Promise.all, allSettled, race and any', async () => {
    assert.deepEqual(await Promise.all([soon(1), succeed('two'), 3]), [1, 'two', 3]);
    await assert.rejects(Promise.all([soon(1), failsSoon(boom)]), boom);
    assert.deepEqual(await Promise.allSettled([soon(1), fail(boom)]), [
      { status: 'fulfilled', value: 1 },
      { status: 'rejected', reason: boom },
    ]);
    assert.equal(await Promise.race([soon(1), new Deferred<number>()]), 1);
    assert.equal(await Promise.any([fail(boom), soon(1)]), 1);
  });

  test('is what assert.rejects and assert.doesNotReject take', async () => {
    await assert.rejects(fail(boom), boom);
    await assert.rejects(() => failsSoon(boom), { message: 'boom' });
    await assert.doesNotReject(soon(1));
  });

  test('can be returned from an async function and resolved into a promise', async () => {
    assert.equal(await (async () => soon(1))(), 1);
    assert.equal(await new Promise((resolve) => resolve(soon(2))), 2);
    assert.equal(await Promise.resolve().then(() => soon(3)), 3);
  });

  test('can be iterated by for await', async () => {
    const seen: number[] = [];
    for await (const n of [soon(1), succeed(2)]) seen.push(n);
    assert.deepEqual(seen, [1, 2]);
  });

  test('is the work of p-limit, which never starts more than its limit', async () => {
    const limit = pLimit(2);
    let running = 0;
    let most = 0;
    const work = (n: number): Deferred<number> => {
      most = Math.max(most, ++running);
      return soon(n).addBoth((result) => {
        running--;
        return result;
      }) as Deferred<number>;
    };
    assert.deepEqual(await Promise.all([1, 2, 3, 4, 5].map((n) => limit(work, n))), [1, 2, 3, 4, 5]);
    assert.equal(most, 2);
    await assert.rejects(
      limit(() => failsSoon(boom)),
      boom,
    );
  });

  test('is what an Express handler may return or await; a failure goes to its error handler', async () => {
    const app = express();
    app.get('/value', async (_request, response) => {
      response.send(await soon('answer'));
    });
    app.get('/failure', () => failsSoon(boom));
    app.use(((error: Error, _request, response, _next) => {
      response.status(500).send(`handled ${error.message}`);
    }) satisfies express.ErrorRequestHandler);
    assert.deepEqual(await ask(app, '/value'), { status: 200, body: 'answer' });
    assert.deepEqual(await ask(app, '/failure'), { status: 500, body: 'handled boom' });
  });

  test('is what a Fastify handler may return: its value is the answer, its failure the error', async () => {
    const app = fastify();
    app.get('/value', () => soon({ answer: 42 }));
    app.get('/late', () => soon(20).addCallback((n) => ({ answer: n + 1 })));
    app.get('/failure', () => failsSoon(boom));
    const answers = await Promise.all(['/value', '/late', '/failure'].map((url) => app.inject({ url })));
    assert.deepEqual(
      answers.map(({ statusCode }) => statusCode),
      [200, 200, 418],
    );
    assert.deepEqual(answers[0]?.json(), { answer: 42 });
    assert.deepEqual(answers[1]?.json(), { answer: 21 });
    assert.match(answers[2]?.body ?? '', /boom/);
    await app.close();
  });
});

test('a promise whose own then calls back twice, or throws, ends a chain once with what it has settled with', async () => {
  for (const call of [(f: (value: number) => void) => [f(2), f(3)], () => assert.fail('not to be called')]) {
    const promise = Object.defineProperty(Promise.resolve(1), 'then', { value: call });
    assert.equal(await Deferred.fromPromise(promise), 1);
    assert.equal(await succeed().addCallback(() => promise), 1);
  }
});

test('that a Deferred was fired before its promise was settled is logged, and does not end the program', async (t) => {
  const logged = t.mock.method(console, 'error', () => {});
  const rejected = t.mock.fn();
  process.on('unhandledRejection', rejected);
  t.after(() => process.off('unhandledRejection', rejected));
  const late: (() => void)[] = [];
  const followed = [
    new Promise<number>((resolve) => late.push(() => resolve(1))),
    new Promise<number>((_, reject) => late.push(() => reject(new Error('too late')))),
  ].map((promise) => Deferred.fromPromise(promise));
  for (const d of followed) d.callback(2);
  for (const settle of late) settle();
  await nextTurn();
  assert.deepEqual(await Promise.all(followed), [2, 2]);
  assert.equal(rejected.mock.callCount(), 0);
  const lines = logged.mock.calls.map(({ arguments: [text] }) => String(text));
  // What the promise was rejected with comes after it, and is told nowhere else.
  assert.equal(lines.length, 3);
  for (const line of lines.slice(0, 2)) {
    assert.match(line, /before the promise that it waits for was settled:\nAlreadyCalledError/);
  }
  assert.match(lines[2] ?? '', /^The promise was rejected:\nError: too late/);
});
