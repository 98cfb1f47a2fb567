import assert from 'node:assert/strict';
import { pbkdf2Sync, scryptSync } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, posix } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inspect, isDeepStrictEqual, types } from 'node:util';
import { brotliCompressSync, deflateRawSync, gunzipSync, gzipSync } from 'node:zlib';
import { compareSync, getRounds, hashSync } from 'bcryptjs';
import { deferToThread } from 'heddle';
import { camelCase, chunk, groupBy, orderBy } from 'lodash-es';
import { marked, parseInline } from 'marked';
import ms from 'ms';
import semver from 'semver';

/** Functions that nobody here wrote, each by nothing but itself. */

// The packages' CommonJS build, where there are two.
const require = createRequire(import.meta.url);
const bcryptCommonJs = require('bcryptjs') as { hashSync: typeof hashSync };

const here = fileURLToPath(import.meta.url);
const salt = '$2b$04$abcdefghijklmnopqrstuu';
const digest = hashSync('secret', salt);
const markdown = '# Title\n\nA *list*:\n\n- one\n- two\n';

type Call = readonly [f: (...args: never[]) => unknown, ...args: unknown[]];

const corpus: Readonly<Record<string, Call>> = {
  'bcryptjs hashSync': [hashSync, 'secret', salt],
  'bcryptjs hashSync, required': [bcryptCommonJs.hashSync, 'secret', salt],
  'bcryptjs compareSync': [compareSync, 'secret', digest],
  'bcryptjs getRounds': [getRounds, digest],
  marked: [marked, markdown],
  'marked.parse': [marked.parse, markdown],
  'marked parseInline': [parseInline, '*x*'],
  ms: [ms, '2 days'],
  'semver.satisfies': [semver.satisfies, '1.2.3', '^1.0.0'],
  'semver.inc': [semver.inc, '1.2.3', 'minor'],
  'lodash-es chunk': [chunk, [1, 2, 3, 4, 5], 2],
  'lodash-es groupBy': [groupBy, [{ k: 'a' }, { k: 'b' }], 'k'],
  'lodash-es orderBy': [orderBy, [{ k: 2 }, { k: 1 }], ['k'], ['asc']],
  'lodash-es camelCase': [camelCase, 'some words here'],
  'zlib.gzipSync': [gzipSync, markdown],
  'zlib.gunzipSync': [gunzipSync, gzipSync(markdown)],
  'zlib.deflateRawSync': [deflateRawSync, markdown],
  'zlib.brotliCompressSync': [brotliCompressSync, markdown],
  'crypto.pbkdf2Sync': [pbkdf2Sync, 'secret', 'salt', 1000, 32, 'sha256'],
  'crypto.scryptSync': [scryptSync, 'secret', 'salt', 16],
  'fs.readFileSync': [readFileSync, here, 'utf8'],
  'fs.realpathSync.native': [realpathSync.native, here],
  'fs.promises.readFile': [readFile, here, 'utf8'],
  'path.basename': [basename, '/a/b.txt', '.txt'],
  'path.posix.join': [posix.join, 'a', '..', 'b'],
  'util.inspect': [inspect, { a: [1] }],
  'util.isDeepStrictEqual': [isDeepStrictEqual, [1], [1]],
  'util.types.isDate': [types.isDate, new Date(0)],
  'JSON.parse': [JSON.parse, '{"a":[1,2]}'],
  'JSON.stringify': [JSON.stringify, { a: [1, 2] }],
  'Math.max': [Math.max, 1, 3, 2],
  'Object.keys': [Object.keys, { a: 1, b: 2 }],
  'Date.UTC': [Date.UTC, 2020, 1, 1],
  structuredClone: [structuredClone, { a: new Map([[1, 2]]) }],
  parseInt: [parseInt, '42px', 10],
  encodeURIComponent: [encodeURIComponent, 'a b'],
};

for (const [name, [f, ...args]] of Object.entries(corpus)) {
  test(`${name} gives the same answer in a thread as inline`, async () => {
    const inline: unknown = await Reflect.apply(f, undefined, args);
    const deferred = await deferToThread(f as (...args: unknown[]) => unknown, ...args);
    assert.deepEqual(bytesAsText(deferred), bytesAsText(inline));
  });
}

function bytesAsText(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
}
