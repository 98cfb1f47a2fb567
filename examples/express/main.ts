import type { AddressInfo } from 'node:net';
import bcrypt from 'bcryptjs';
import express, { type NextFunction, type Request, type Response } from 'express';
import { CancelledError, PoolFullError, prometheusText, ThreadPool, TimeoutError } from 'heddle';

const cost = Number(process.env['BCRYPT_COST'] ?? 12);
const timeout = Number(process.env['PASSWORD_TIMEOUT'] ?? 30_000);

// Two passwords are hashed at a time, and two may wait: whoever comes then is told at once, instead of waiting in vain.
const pool = new ThreadPool({ name: 'passwords', max: 2, maxQueue: 2 });

const app = express();

app.get('/ping', (_request, response) => {
  response.send('pong');
});

// oxlint-disable-next-line oxc/no-async-endpoint-handlers -- Express 5 hands a rejection on to the error middleware
app.post('/passwords', express.text(), async (request, response) => {
  const hash = await pool.with({ signal: signalOf(response), timeout }).defer(bcrypt.hashSync, request.body, cost);
  response.status(201).send(hash);
});

app.get('/metrics', (_request, response) => {
  response.type('text/plain').send(prometheusText(pool));
});

app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
  if (error instanceof PoolFullError) response.status(503).set('Retry-After', '1').send('Too many passwords at once.');
  else if (error instanceof TimeoutError) response.status(504).send('It took too long.');
  // The client has gone: there is nobody to answer.
  else if (error instanceof CancelledError) response.end();
  else next(error);
});

const server = app.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);

/** Takes no more requests, and ends when those that are under way have been answered. */
function stop(): void {
  server.close(async () => {
    await pool.stop({ deadline: 10_000 });
    console.log('stopped');
  });
}

/** Aborts when the client goes before it has its answer. */
function signalOf(response: Response): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort(new Error('The client has gone.'));
  });
  return controller.signal;
}
