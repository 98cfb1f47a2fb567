import { serve } from '@hono/node-server';
import bcrypt from 'bcryptjs';
import { CancelledError, PoolFullError, prometheusText, ThreadPool, TimeoutError } from 'heddle';
import { Hono } from 'hono';

const cost = Number(process.env['BCRYPT_COST'] ?? 12);
const timeout = Number(process.env['PASSWORD_TIMEOUT'] ?? 30_000);

// Two passwords are hashed at a time, and two may wait: whoever comes then is told at once, instead of waiting in vain.
const pool = new ThreadPool({ name: 'passwords', max: 2, maxQueue: 2 });

const app = new Hono();

app.get('/ping', (c) => c.text('pong'));

app.post('/passwords', async (c) => {
  // Aborts when the client goes before it has its answer.
  const { signal } = c.req.raw;
  const hash = await pool.with({ signal, timeout }).defer(bcrypt.hashSync, await c.req.text(), cost);
  return c.text(hash, 201);
});

app.get('/metrics', (c) => c.text(prometheusText(pool)));

app.onError((error, c) => {
  if (error instanceof PoolFullError) return c.text('Too many passwords at once.', 503, { 'Retry-After': '1' });
  if (error instanceof TimeoutError) return c.text('It took too long.', 504);
  // The client has gone: nobody reads the answer.
  if (error instanceof CancelledError) return c.body(null, 408);
  throw error;
});

const server = serve(
  { fetch: app.fetch, port: Number(process.env['PORT'] ?? 0), hostname: '127.0.0.1' },
  ({ port }) => {
    console.log(`listening on http://127.0.0.1:${port}`);
  },
);

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);

/** Takes no more requests, and ends when those that are under way have been answered. */
function stop(): void {
  server.close(async () => {
    await pool.stop({ deadline: 10_000 });
    console.log('stopped');
  });
}
