import bcrypt from 'bcryptjs';
import Fastify, { type FastifyReply } from 'fastify';
import { CancelledError, PoolFullError, prometheusText, TimeoutError } from 'heddle';
import { threadPool } from './thread-pool.ts';

const cost = Number(process.env['BCRYPT_COST'] ?? 12);
const timeout = Number(process.env['PASSWORD_TIMEOUT'] ?? 30_000);

const app = Fastify();

// Two passwords are hashed at a time, and two may wait: whoever comes then is told at once, instead of waiting in vain.
await app.register(threadPool, { name: 'passwords', max: 2, maxQueue: 2 });

app.get('/ping', () => 'pong');

app.post<{ Body: string }>('/passwords', async (request, reply) => {
  const call = app.threadPool.with({ signal: signalOf(reply), timeout });
  const hash = await call.defer(bcrypt.hashSync, request.body, cost);
  return reply.code(201).send(hash);
});

app.get('/metrics', () => prometheusText(app.threadPool));

app.setErrorHandler((error, _request, reply) => {
  if (error instanceof PoolFullError)
    return reply.code(503).header('Retry-After', '1').send('Too many passwords at once.');
  if (error instanceof TimeoutError) return reply.code(504).send('It took too long.');
  // The client has gone: there is nobody to answer.
  if (error instanceof CancelledError) return reply.hijack();
  return reply.send(error);
});

console.log(`listening on ${await app.listen({ port: Number(process.env['PORT'] ?? 0), host: '127.0.0.1' })}`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    await app.close();
    console.log('stopped');
  });
}

/** Aborts when the client goes before it has its answer. */
function signalOf({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) controller.abort(new Error('The client has gone.'));
  });
  return controller.signal;
}
