import { deferToThreadPool, ThreadPool } from 'heddle';
import noop from './noop.mjs';
import type { Peer } from './peer.ts';
import { installedVersion } from './version.ts';

export const heddle: Peer = {
  name: 'heddle',
  version: installedVersion('heddle'),
  async start() {
    const pool = new ThreadPool({ name: 'bench', min: 1, max: 1 });
    return {
      call: () => deferToThreadPool(pool, noop),
      stop: async () => {
        await pool.stop();
      },
    };
  },
};
