import { parse as parseCsv } from 'csv-parse/sync';
import { stringify as stringifyCsv } from 'csv-stringify/sync';
import { XMLBuilder, XMLParser } from 'fast-xml-parser';
import ini from 'ini';
import { dump, load } from 'js-yaml';
import json5 from 'json5';
import papaparse from 'papaparse';
import qs from 'qs';
import { parse as parseToml, stringify as stringifyToml } from 'smol-toml';
import xmlJs from 'xml-js';
import { parse as parseYaml, parseDocument, stringify as stringifyYaml } from 'yaml';
import { records } from './inputs.js';

const yaml = 'loom:\n  heddles: 2\n  parts: [warp, weft]\n  since: 2020-01-01\nanchor: &a { x: 1 }\nalias: *a\n';
const csv = 'id,name,note\n1,warp,"a ""quoted"" word"\n2,weft,"two\nlines"\n';
const xml =
  '<?xml version="1.0"?><loom since="2020"><part id="1">warp</part><part id="2">weft &amp; more</part></loom>';
const toml = 'title = "loom"\n[parts]\ncount = 2\nnames = ["warp", "weft"]\nweight = 1.5\n';

export const dataFormats = [
  { package: 'yaml', name: 'parse', f: parseYaml, args: [yaml] },
  { package: 'yaml', name: 'stringify', f: stringifyYaml, args: [records] },
  {
    package: 'yaml',
    name: 'parseDocument',
    f: parseDocument,
    args: [yaml],
    refused: 'HEDDLE_UNCLONABLE',
    because: 'its result is an instance of a class of its own',
  },
  { package: 'js-yaml', name: 'load', f: load, args: [yaml] },
  { package: 'js-yaml', name: 'dump', f: dump, args: [records] },
  { package: 'csv-parse', name: 'parse', f: parseCsv, args: [csv, { columns: true }] },
  { package: 'csv-stringify', name: 'stringify', f: stringifyCsv, args: [records, { header: true }] },
  { package: 'papaparse', name: 'parse', f: papaparse.parse, args: [csv, { header: true }] },
  { package: 'papaparse', name: 'unparse', f: papaparse.unparse, args: [records] },
  { package: 'xml-js', name: 'xml2js', f: xmlJs.xml2js, args: [xml, { compact: true }] },
  { package: 'xml-js', name: 'js2xml', f: xmlJs.js2xml, args: [xmlJs.xml2js(xml)] },
  {
    package: 'fast-xml-parser',
    name: 'new XMLParser().parse',
    f: new XMLParser().parse,
    args: [xml],
    refused: 'HEDDLE_CAPTURES_THIS',
    because: 'it is a method of an instance, and is passed without it',
  },
  {
    package: 'fast-xml-parser',
    name: 'new XMLBuilder().build',
    f: new XMLBuilder().build,
    args: [{ loom: 1 }],
    refused: 'HEDDLE_CAPTURES_THIS',
    because: 'it is a method of an instance, and is passed without it',
  },
  { package: 'smol-toml', name: 'parse', f: parseToml, args: [toml] },
  { package: 'smol-toml', name: 'stringify', f: stringifyToml, args: [{ parts: { count: 2, names: ['warp'] } }] },
  { package: 'json5', name: 'parse', f: json5.parse, args: ["{unquoted: 'yes', /* why */ list: [1, .5,],}"] },
  { package: 'json5', name: 'stringify', f: json5.stringify, args: [records] },
  { package: 'ini', name: 'parse', f: ini.parse, args: ['a = 1\n[parts]\nlist[] = x\nlist[] = y\n'] },
  { package: 'ini', name: 'stringify', f: ini.stringify, args: [{ a: 1, parts: { list: ['x', 'y'] } }] },
  { package: 'qs', name: 'parse', f: qs.parse, args: ['a[b][c]=1&list[]=x&list[]=y'] },
  { package: 'qs', name: 'stringify', f: qs.stringify, args: [{ a: { b: [1, 2] }, c: 'x y' }] },
];
