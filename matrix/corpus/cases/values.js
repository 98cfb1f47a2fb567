import Ajv from 'ajv';
import chroma from 'chroma-js';
import convert from 'color-convert';
import { differenceCiede2000, formatHex, formatRgb, parse as parseColour } from 'culori';
import { add, differenceInDays, format, formatISO, parse, parseISO } from 'date-fns';
import { createPatch, diffArrays, diffLines, diffWords } from 'diff';
import { closest, distance } from 'fastest-levenshtein';
import joi from 'joi';
import lodash from 'lodash';
import { DateTime } from 'luxon';
import semver from 'semver';
import validator from 'validator';
import { changedText, records, text } from './inputs.js';

const date = new Date(2020, 1, 29, 12, 30);
const schema = { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] };
const ajv = new Ajv.default();

export const values = [
  { package: 'date-fns', name: 'format', f: format, args: [date, "EEEE, d MMMM yyyy 'at' HH:mm"] },
  { package: 'date-fns', name: 'parseISO', f: parseISO, args: ['2020-02-29T12:30:00Z'] },
  { package: 'date-fns', name: 'parse', f: parse, args: ['29.02.2020', 'dd.MM.yyyy', date] },
  { package: 'date-fns', name: 'formatISO', f: formatISO, args: [date] },
  { package: 'date-fns', name: 'add', f: add, args: [date, { months: 1, days: 3 }] },
  { package: 'date-fns', name: 'differenceInDays', f: differenceInDays, args: [new Date(0), date] },
  {
    package: 'luxon',
    name: 'DateTime.fromISO',
    f: DateTime.fromISO,
    args: ['2020-02-29T12:30:00Z'],
    refused: 'HEDDLE_UNCLONABLE',
    because: 'its result is an instance of a class of its own',
  },
  { package: 'luxon', name: 'DateTime.isDateTime', f: DateTime.isDateTime, args: [{}] },
  { package: 'color-convert', name: 'rgb.hsl', f: convert.rgb.hsl, args: [140, 200, 100] },
  { package: 'color-convert', name: 'keyword.rgb', f: convert.keyword.rgb, args: ['rebeccapurple'] },
  { package: 'culori', name: 'parse', f: parseColour, args: ['oklch(60% 0.15 50)'] },
  { package: 'culori', name: 'formatHex', f: formatHex, args: ['hsl(50 100% 50%)'] },
  { package: 'culori', name: 'formatRgb', f: formatRgb, args: ['rebeccapurple'] },
  {
    package: 'culori',
    name: 'differenceCiede2000',
    f: differenceCiede2000,
    args: [],
    refused: 'HEDDLE_UNCLONABLE',
    because: 'its result is a function',
  },
  { package: 'chroma-js', name: 'contrast', f: chroma.contrast, args: ['pink', 'hotpink'] },
  { package: 'chroma-js', name: 'distance', f: chroma.distance, args: ['#fff', '#ff0'] },
  {
    package: 'chroma-js',
    name: 'mix',
    f: chroma.mix,
    args: ['red', 'blue'],
    refused: 'HEDDLE_UNCLONABLE',
    because: 'its result is an instance of a class of its own',
  },
  { package: 'diff', name: 'diffLines', f: diffLines, args: [text, changedText] },
  { package: 'diff', name: 'diffWords', f: diffWords, args: [text, changedText] },
  {
    package: 'diff',
    name: 'diffArrays',
    f: diffArrays,
    args: [
      [1, 2, 3],
      [1, 3, 4],
    ],
  },
  { package: 'diff', name: 'createPatch', f: createPatch, args: ['loom.txt', text, changedText] },
  { package: 'fastest-levenshtein', name: 'distance', f: distance, args: [text, changedText] },
  { package: 'fastest-levenshtein', name: 'closest', f: closest, args: ['wept', ['warp', 'weft']] },
  {
    package: 'ajv',
    name: 'a compiled schema',
    f: ajv.compile(schema),
    args: [{ id: 1 }],
    refused: 'HEDDLE_CAPTURES_UNCLONABLE',
    because: 'it is made at run time, with properties of its own',
  },
  {
    package: 'ajv',
    name: 'new Ajv().validate',
    f: ajv.validate,
    args: [schema, { id: 1 }],
    refused: 'HEDDLE_CAPTURES_THIS',
    because: 'it is a method of an instance, and is passed without it',
  },
  { package: 'validator', name: 'isEmail', f: validator.isEmail, args: ['ada@example.com'] },
  { package: 'validator', name: 'isIBAN', f: validator.isIBAN, args: ['DE89370400440532013000'] },
  { package: 'validator', name: 'normalizeEmail', f: validator.normalizeEmail, args: ['Ada@Example.COM'] },
  {
    package: 'joi',
    name: 'attempt',
    f: joi.attempt,
    args: [{ id: '1' }, joi.object({ id: joi.number() })],
    refused: 'HEDDLE_UNCLONABLE',
    because: 'the schema among its arguments is an instance of a class of its own',
  },
  { package: 'joi', name: 'isSchema', f: joi.isSchema, args: [{}] },
  { package: 'lodash', name: 'groupBy', f: lodash.groupBy, args: [records, 'name'] },
  { package: 'lodash', name: 'sortBy', f: lodash.sortBy, args: [records, ['name', 'id']] },
  { package: 'lodash', name: 'cloneDeep', f: lodash.cloneDeep, args: [new Map([[1, { a: [date] }]])] },
  { package: 'lodash', name: 'merge', f: lodash.merge, args: [{ a: { b: 1 } }, { a: { c: [2] } }] },
  { package: 'lodash', name: 'kebabCase', f: lodash.kebabCase, args: ['Some Words here'] },
  { package: 'semver', name: 'satisfies', f: semver.satisfies, args: ['1.2.3', '^1.0.0'] },
  { package: 'semver', name: 'sort', f: semver.sort, args: [['1.10.0', '1.9.0', '1.9.0-beta.1']] },
  {
    package: 'semver',
    name: 'parse',
    f: semver.parse,
    args: ['1.2.3'],
    refused: 'HEDDLE_UNCLONABLE',
    because: 'its result is an instance of a class of its own',
  },
];
