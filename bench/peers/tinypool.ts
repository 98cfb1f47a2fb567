import { fileURLToPath } from 'node:url';
import { Tinypool } from 'tinypool';
import type { Peer } from './peer.ts';
import { installedVersion } from './version.ts';

export const tinypool: Peer = {
  name: 'tinypool',
  version: installedVersion('tinypool'),
  async start() {
    const filename = fileURLToPath(new URL('./noop.mjs', import.meta.url));
    const pool = new Tinypool({ filename, minThreads: 1, maxThreads: 1 });
    return { call: () => pool.run(undefined), stop: () => pool.destroy() };
  },
};
