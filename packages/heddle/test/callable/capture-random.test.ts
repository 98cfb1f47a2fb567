import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

const importedInCommonJs = `
Object.assign(exports, { imported: 11, nested: { value: 12 }, twice, default: twice });
function twice(n) { return n * 2; }
`;

for (const [kind, extension] of [
  ['an ES module', 'mjs'],
  ['a CommonJS module', 'cjs'],
] as const) {
  test(`a random closure of ${kind} gives in a thread what it gives inline`, async (t) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'heddle-random-'));
    t.after(() => rmSync(folder, { recursive: true }));
    writeFileSync(path.join(folder, 'imported.mjs'), importedModule);
    writeFileSync(path.join(folder, 'imported.cjs'), importedInCommonJs);
    let number = 0;
    await fc.assert(
      fc.asyncProperty(randomModule, fc.integer({ min: -5, max: 5 }), async (text, argument) => {
        const file = path.join(folder, `random${++number}.${extension}`);
        writeFileSync(file, extension === 'mjs' ? text : inCommonJs(text));
        const { make } = (await import(pathToFileURL(file).href)) as RandomModule;
        // The second closure is made from the same literal, and has other values.
        for (const a of [1, 6]) {
          const f = made(() => make(a, 3));
          fc.pre(f !== undefined);
          assert.deepEqual(await outcomeOf(() => deferToThread(f, argument)), await outcomeOf(() => f(argument)));
        }
      }),
      // For a longer look: HEDDLE_RUNS=1000.
      { numRuns: Number(process.env['HEDDLE_RUNS'] ?? 100) },
    );
  });
}

function inCommonJs(text: string): string {
  return text
    .replace(/^import \* as (\w+) from .*$/m, "const $1 = require('./imported.cjs');")
    .replace(
      /^import (\w+), \{ (\w+) as (\w+) \} from .*$/m,
      "const { default: $1, $2: $3 } = require('./imported.cjs');",
    )
    .replace(/^import (\{ \w+ \}) from .*$/m, "const $1 = require('./imported.cjs');")
    .replace(/^export function make/m, 'exports.make = make;\nfunction make');
}

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
