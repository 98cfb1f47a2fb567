import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { SourceMap, type SourceMapPayload } from 'node:module';
import path from 'node:path';
import { after, test } from 'node:test';
import { bundlers, fixtures, root } from './support/builds.ts';

const main = path.join(fixtures, 'program/main.ts');
const output = path.join(root, 'build/source-maps');
after(() => rm(output, { recursive: true, force: true }));

const source = readFileSync(main, 'utf8').split('\n');
const line = source.findIndex((text) => text.includes("throw new Error('here')"));
const column = source[line]?.indexOf('new Error') ?? -1;

/** The place of a text in the files for threads, and the map of the file that it is in. */
async function findInThreads(dir: string, text: RegExp): Promise<{ map: SourceMap; line: number; column: number }> {
  for (const file of await readdir(dir)) {
    if (!/^heddle-thread-.*\.mjs$/.test(file)) continue;
    const lines = readFileSync(path.join(dir, file), 'utf8').split('\n');
    const at = lines.findIndex((one) => text.test(one));
    if (at < 0) continue;
    const payload = JSON.parse(readFileSync(path.join(dir, `${file}.map`), 'utf8')) as SourceMapPayload;
    return { map: new SourceMap(payload), line: at, column: lines[at]?.search(text) ?? -1 };
  }
  return assert.fail(`${text} is in no file for threads`);
}

for (const [name, bundle] of Object.entries(bundlers)) {
  test(`the source map of a thread's file leads to the line of the source: ${name}`, async () => {
    const dir = path.join(output, name);
    await bundle({ input: main, dir, minify: false, format: 'esm', bundlesHeddle: false, plugged: true });
    const found = await findInThreads(dir, /new Error\(.here.\)/);
    const entry = found.map.findEntry(found.line, found.column);
    assert.ok('originalLine' in entry);
    assert.match(entry.originalSource, /\/main\.ts$/);
    assert.deepEqual([entry.originalLine, entry.originalColumn], [line, column]);
  });
}
