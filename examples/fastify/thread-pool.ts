import type { FastifyInstance } from 'fastify';
import { ThreadPool, type ThreadPoolOptions } from 'heddle';

declare module 'fastify' {
  interface FastifyInstance {
    readonly threadPool: ThreadPool;
  }
}

/** A plug-in: a pool that lives as long as the server, which is closed when the requests under way have been answered. */
export async function threadPool(app: FastifyInstance, options: ThreadPoolOptions): Promise<void> {
  const pool = new ThreadPool(options);
  app.decorate('threadPool', pool);
  app.addHook('onClose', () => pool.stop({ deadline: 10_000 }).toPromise());
}

// Lets the decorator be seen outside of the plug-in, as fastify-plugin does.
Object.defineProperty(threadPool, Symbol.for('skip-override'), { value: true });
