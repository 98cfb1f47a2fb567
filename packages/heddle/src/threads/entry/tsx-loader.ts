import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Where the program runs under tsx, lets this thread read TypeScript as the program does.
 *
 * A thread runs the program's `--import` again, and so it has tsx, whatever way the program was started. But where
 * tsx hooks into the loader by `module.register` (Node 20, older 22 and 24) it does so in the main thread only: there,
 * a thread reads CommonJS of tsx's and no ES module.
 *
 * @returns undefined where there is nothing to wait for
 */
export function prepareTsx(): Promise<void> | undefined {
  // The file's own `require` has no cache where a loader (Yarn's) has given Node its text.
  const loader = Object.keys(createRequire(__filename).cache).find((file) =>
    /[\\/]tsx[\\/]dist[\\/]cjs[\\/]index\.cjs$/.test(file),
  );
  return loader === undefined ? undefined : registerWhereMissing(resolve(loader, '../../esm/api'));
}

async function registerWhereMissing(api: string): Promise<void> {
  try {
    // A file of tsx's own that only tsx can read tells whether it reads ES modules here already.
    await import(pathToFileURL(join(api, 'index.d.mts')).href);
  } catch {
    await register(api);
  }
}

async function register(api: string): Promise<void> {
  try {
    // By its file: what `require('tsx/esm/api')` gives cannot find its own hooks.
    const tsx: { register(): unknown } = await import(pathToFileURL(join(api, 'index.mjs')).href);
    tsx.register();
  } catch {
    // A tsx without that: what the thread cannot read then, its import says.
  }
}
