import { fileURLToPath } from 'node:url';
import workerpoolPackage from 'workerpool';
import type { Peer } from './peer.ts';
import { installedVersion } from './version.ts';

export const workerpool: Peer = {
  name: 'workerpool',
  version: installedVersion('workerpool'),
  async start() {
    const script = fileURLToPath(new URL('./workerpool-thread.mjs', import.meta.url));
    const pool = workerpoolPackage.pool(script, { minWorkers: 1, maxWorkers: 1, workerType: 'thread' });
    return {
      call: () => pool.exec('noop', []),
      stop: async () => {
        await pool.terminate();
      },
    };
  },
};
