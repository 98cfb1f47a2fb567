import { decode as decodeMessage, encode as encodeMessage } from '@msgpack/msgpack';
import { compareSync, hashSync } from 'bcryptjs';
import crc32 from 'crc-32';
import { gunzipSync, gzipSync, strToU8, unzipSync, zipSync } from 'fflate';
import iconv from 'iconv-lite';
import { sha224, sha256 } from 'js-sha256';
import lzString from 'lz-string';
import objectHash from 'object-hash';
import { deflate, inflate } from 'pako';
import SparkMd5 from 'spark-md5';
import { text } from './inputs.js';

const salt = '$2b$04$abcdefghijklmnopqrstuu';
const message = { id: 7, tags: ['a', 'b'], bytes: new Uint8Array([1, 2, 3]), nested: { ok: true, none: null } };
const files = { 'a.txt': strToU8(text), 'b/c.txt': strToU8('small') };
// A ZIP file holds the time at which it was made, in local time.
const dated = { mtime: new Date(2020, 0, 1) };

export const hashingAndBytes = [
  { package: 'bcryptjs', name: 'hashSync', f: hashSync, args: ['secret', salt] },
  { package: 'bcryptjs', name: 'compareSync', f: compareSync, args: ['secret', hashSync('secret', salt)] },
  { package: 'crc-32', name: 'str', f: crc32.str, args: [text] },
  { package: 'crc-32', name: 'buf', f: crc32.buf, args: [Buffer.from(text)] },
  { package: 'js-sha256', name: 'sha256', f: sha256, args: [text] },
  { package: 'js-sha256', name: 'sha224', f: sha224, args: [text] },
  { package: 'js-sha256', name: 'sha256.hmac', f: sha256.hmac, args: ['key', text] },
  { package: 'object-hash', name: 'objectHash', f: objectHash, args: [{ b: [1, 2], a: new Date(0) }] },
  { package: 'object-hash', name: 'sha1', f: objectHash.sha1, args: [{ b: [1, 2], a: 'x' }] },
  { package: 'spark-md5', name: 'SparkMD5.hash', f: SparkMd5.hash, args: [text] },
  { package: 'spark-md5', name: 'ArrayBuffer.hash', f: SparkMd5.ArrayBuffer.hash, args: [new Uint8Array(64).buffer] },
  { package: 'pako', name: 'deflate', f: deflate, args: [text] },
  { package: 'pako', name: 'inflate', f: inflate, args: [deflate(text), { toText: true }] },
  { package: 'fflate', name: 'gzipSync', f: gzipSync, args: [strToU8(text), { mtime: 0 }] },
  { package: 'fflate', name: 'gunzipSync', f: gunzipSync, args: [gzipSync(strToU8(text))] },
  { package: 'fflate', name: 'zipSync', f: zipSync, args: [files, dated] },
  { package: 'fflate', name: 'unzipSync', f: unzipSync, args: [zipSync(files, dated)] },
  { package: 'lz-string', name: 'compressToBase64', f: lzString.compressToBase64, args: [text] },
  {
    package: 'lz-string',
    name: 'decompressFromBase64',
    f: lzString.decompressFromBase64,
    args: [lzString.compressToBase64(text)],
  },
  { package: '@msgpack/msgpack', name: 'encode', f: encodeMessage, args: [message] },
  { package: '@msgpack/msgpack', name: 'decode', f: decodeMessage, args: [encodeMessage(message)] },
  { package: 'iconv-lite', name: 'encode', f: iconv.encode, args: ['Grüße, 世界', 'utf16le'] },
  { package: 'iconv-lite', name: 'decode', f: iconv.decode, args: [Buffer.from([0x47, 0x72, 0xfc]), 'win1252'] },
];
