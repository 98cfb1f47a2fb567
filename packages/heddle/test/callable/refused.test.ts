import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { inspect, promisify } from 'node:util';
import { CallableError, deferToThread } from 'heddle';
import { inches } from '../fixtures/callable/refused.ts';
import { add } from '../fixtures/callable/work.ts';
import { packageRoot } from '../support/paths.ts';

interface Expected {
  readonly f: unknown;
  readonly code: string;
  readonly name: string;
  /** Text in the source file on the line that the message must name. */
  readonly at?: readonly [file: string, text: string];
}

const refused = path.join(packageRoot, 'test/fixtures/callable/refused.ts');
const work = path.join(packageRoot, 'test/fixtures/callable/work.ts');

const refusals: Readonly<Record<string, Expected>> = {
  'a method that two exported objects share': {
    f: inches.scale,
    code: 'HEDDLE_AMBIGUOUS_THIS',
    name: 'scale',
    at: [refused, 'function scale'],
  },
  'a bound function': {
    f: add.bind(null, 1),
    code: 'HEDDLE_BOUND',
    name: 'bound add',
    at: [work, 'function add'],
  },
  'a bound bound function': {
    f: add.bind(null, 1).bind(null, 2),
    code: 'HEDDLE_BOUND',
    name: 'bound bound add',
    at: [work, 'function add'],
  },
  'a Proxy of a function': { f: new Proxy(add, {}), code: 'HEDDLE_PROXY', name: '' },
  'a native method of instances': { f: Array.prototype.map, code: 'HEDDLE_NATIVE', name: 'map' },
  'a function of WebAssembly': { f: functionOfWebAssembly(), code: 'HEDDLE_NATIVE', name: '0' },
  'a function that Node made on request': { f: promisify(setTimeout.bind(null)), code: 'HEDDLE_NATIVE', name: '' },
  'a number in place of a function': { f: 42, code: 'HEDDLE_NOT_A_FUNCTION', name: '' },
  'what throws when it is written as text': {
    f: {
      [inspect.custom]() {
        throw new Error('not to be seen');
      },
    },
    code: 'HEDDLE_NOT_A_FUNCTION',
    name: '',
  },
  'undefined in place of a function': { f: undefined, code: 'HEDDLE_NOT_A_FUNCTION', name: '' },
};

for (const [kind, { f, code, name, at }] of Object.entries(refusals)) {
  test(`${kind} is refused as ${code}, each time it is tried`, async () => {
    for (const attempt of ['first', 'second']) {
      const error = await failureOf(f);
      assert.equal(error.code, code, `${attempt}: ${error.message}`);
      if (code !== 'HEDDLE_NATIVE' || name !== '') assert.equal(error.functionName, name);
      if (error.functionName !== '') assert.ok(error.message.startsWith(error.functionName), error.message);
      if (at !== undefined) {
        const [file, text] = at;
        assert.equal(error.location?.file, file);
        assert.equal(error.location?.line, lineOf(file, text));
        assert.ok(error.message.includes(`(${file}:${lineOf(file, text)}:`), error.message);
      }
    }
  });
}

test('a refusal is a TypeError with its own stack each time', async () => {
  const bound = add.bind(null, 1);
  const [first, second] = [await failureOf(bound), await failureOf(bound)];
  assert.ok(first instanceof TypeError);
  assert.equal(first.name, 'CallableError');
  assert.notEqual(first, second);
});

test('a bound method is refused with the advice to make the call in a function, which works', async () => {
  const words = ['warp', 'weft'];
  const error = await failureOf(words.join.bind(words));
  assert.match(
    error.message,
    /\. Pass a function that makes the call, \(value\) => object\.method\(value\), where a thread can have the object/,
  );
  assert.equal(await deferToThread((value: string) => words.join(value), '-'), 'warp-weft');
});

async function failureOf(f: unknown): Promise<CallableError> {
  try {
    await deferToThread(f as () => unknown);
  } catch (error) {
    assert.ok(error instanceof CallableError, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: 'the call succeeded' });
}

function lineOf(file: string, text: string): number {
  const index = readFileSync(file, 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(text));
  assert.notEqual(index, -1, `${text} is not in ${file}`);
  return index + 1;
}

/** `(module (func (export "f")))` */
function functionOfWebAssembly(): unknown {
  const code = Buffer.from('0061736d0100000001040160000003020100070501016600000a040102000b', 'hex');
  type Class = new (...args: unknown[]) => object;
  const { Instance, Module } = Reflect.get(globalThis, 'WebAssembly') as Record<string, Class>;
  const { exports } = new Instance!(new Module!(code)) as { readonly exports: { readonly f: unknown } };
  return exports.f;
}
