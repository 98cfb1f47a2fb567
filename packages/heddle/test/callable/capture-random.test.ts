import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { deferToThread } from 'heddle';
import { randomModule } from './random-module.ts';

interface RandomModule {
  make(a: number, b: number): (b: number) => number | Promise<number>;
}

// The modules write into what they capture, and are told so.
process.removeAllListeners('warning');

const importedModule = `
export const imported = 11;
export const nested = { value: 12 };
export function twice(n) { return n * 2; }
export default twice;
`;

test('a random closure gives in a thread what it gives inline', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-random-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'imported.mjs'), importedModule);
  let number = 0;
  await fc.assert(
    fc.asyncProperty(randomModule, fc.integer({ min: -5, max: 5 }), async (text, argument) => {
      const file = path.join(folder, `random${++number}.mjs`);
      writeFileSync(file, text);
      const { make } = (await import(pathToFileURL(file).href)) as RandomModule;
      // The second closure is made from the same literal, and has other values.
      for (const a of [1, 6]) {
        const f = made(() => make(a, 3));
        fc.pre(f !== undefined);
        assert.deepEqual(await outcomeOf(() => deferToThread(f, argument)), await outcomeOf(() => f(argument)));
      }
    }),
    { numRuns: Number(process.env['HEDDLE_RUNS'] ?? 100) },
  );
});

/** Random code may use a variable in its dead zone, or call for ever: then the errors must be the same. */
async function outcomeOf(call: () => unknown): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    return String(error);
  }
}

/** What surrounds the closure is random too, and may fail before there is one. */
function made<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
