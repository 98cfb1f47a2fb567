import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { createServer } from 'vite';
import heddle from '@heddle/unplugin/vite';
import { fixtures } from './support/builds.ts';

test("Vite's development server captures functions at run time, and the plug-in changes nothing", async (t) => {
  const server = await createServer({
    root: path.join(fixtures, 'served'),
    configFile: false,
    logLevel: 'silent',
    appType: 'custom',
    server: { middlewareMode: true, ws: false, hmr: false },
    ssr: { external: ['heddle'] },
    plugins: [heddle()],
  });
  t.after(() => server.close());
  const { answers } = (await server.ssrLoadModule('/main.ts')) as { answers: () => Promise<unknown> };
  assert.deepEqual(await answers(), [3, 'WARP']);
});
