import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { Peer } from './peer.ts';
import { installedVersion } from './version.ts';

export const piscina: Peer = {
  name: 'piscina',
  version: installedVersion('piscina'),
  async start() {
    const filename = fileURLToPath(new URL('./noop.mjs', import.meta.url));
    const pool = new Piscina({ filename, minThreads: 1, maxThreads: 1 });
    return { call: () => pool.run(undefined), stop: () => pool.destroy() };
  },
};
