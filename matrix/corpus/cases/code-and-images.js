import { parse as parseJavaScript } from 'acorn';
import { parseScript, tokenize } from 'esprima';
import jpeg from 'jpeg-js';
import sqlParser from 'node-sql-parser';
import { parse as parsePostgres, toSql } from 'pgsql-ast-parser';
import { PNG } from 'pngjs';
import { format } from 'sql-formatter';
import { transform } from 'sucrase';
import { javaScript, sql } from './inputs.js';

const width = 24;
const pixels = Buffer.from(Array.from({ length: width * width * 4 }, (_, index) => (index * 7) % 256));
const image = { width, height: width, data: pixels };
const encodedJpeg = jpeg.encode(image, 80).data;
const encodedPng = PNG.sync.write(image);

export const codeAndImages = [
  { package: 'sql-formatter', name: 'format', f: format, args: [sql, { language: 'postgresql', tabWidth: 4 }] },
  { package: 'pgsql-ast-parser', name: 'parse', f: parsePostgres, args: [sql] },
  { package: 'pgsql-ast-parser', name: 'toSql.statement', f: toSql.statement, args: [parsePostgres(sql)[0]] },
  {
    package: 'node-sql-parser',
    name: 'new Parser().astify',
    f: new sqlParser.Parser().astify,
    args: [sql],
    refused: 'HEDDLE_CAPTURES_THIS',
    because: 'it is a method of an instance, and is passed without it',
  },
  {
    package: 'acorn',
    name: 'parse',
    f: parseJavaScript,
    args: [javaScript, { ecmaVersion: 2022, sourceType: 'module' }],
    refused: 'HEDDLE_UNCLONABLE',
    because: 'its result is an instance of a class of its own',
  },
  { package: 'esprima', name: 'tokenize', f: tokenize, args: ['let a = 1 + /x/.source.length;'] },
  {
    package: 'esprima',
    name: 'parseScript',
    f: parseScript,
    args: ['let a = 1;'],
    refused: 'HEDDLE_UNCLONABLE',
    because: 'its result is an instance of a class of its own',
  },
  {
    package: 'sucrase',
    name: 'transform',
    f: transform,
    args: ['export const n: number = 1;', { transforms: ['typescript'] }],
  },
  { package: 'jpeg-js', name: 'encode', f: jpeg.encode, args: [image, 80] },
  { package: 'jpeg-js', name: 'decode', f: jpeg.decode, args: [encodedJpeg] },
  { package: 'pngjs', name: 'PNG.sync.write', f: PNG.sync.write, args: [image] },
  {
    package: 'pngjs',
    name: 'PNG.sync.read',
    f: PNG.sync.read,
    args: [encodedPng],
  },
];
