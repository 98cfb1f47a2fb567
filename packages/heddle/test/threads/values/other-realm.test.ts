import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runProgram } from '../../support/program.ts';

/** Runs `source` as a module in a realm that has a Heddle of its own. */
async function runInOtherRealm(source: string): Promise<string> {
  const { stdout, stderr, code } = await runProgram(
    `import { importIntoOtherRealm } from './fixtures/threads/other-realm.js';
    await importIntoOtherRealm(${JSON.stringify(source)});`,
    ['--experimental-vm-modules', '--no-warnings'],
  );
  assert.equal(code, 0, stderr);
  return stdout.trim();
}

test('instances with a codec arrive as such inside of objects, maps and errors', async () => {
  const printed = await runInOtherRealm(`
    import { registerCodec, ThreadPool } from 'heddle';
    // As the module that the thread loads has it, for a class of this realm.
    class Coin { constructor(cents) { this.cents = cents; } }
    registerCodec(Coin, { encode: ({ cents }) => cents, decode: (cents) => new Coin(cents), module: new URL('coins.js', import.meta.url) });
    const pool = new ThreadPool({ max: 1 });
    const seen = [];
    const is = (value) => value instanceof Coin && value.cents;
    const look = ({ object, map, set, error }) => {
      seen.push(is(object.coin), is(map.get('coin')), is([...set][0]), is(error.coin));
    };
    const values = () => ({
      object: { coin: new Coin(1) },
      map: new Map([['coin', new Coin(2)]]),
      set: new Set([new Coin(3)]),
      error: Object.assign(new Error('e'), { coin: new Coin(4) }),
    });
    look(await pool.defer((value) => value, values()));
    console.log(seen.join());
    await pool.stop();
  `);
  assert.equal(printed, '1,2,3,4');
});

test('a method goes by its text', async () => {
  const printed = await runInOtherRealm(`
    import { ThreadPool } from 'heddle';
    const pool = new ThreadPool({ max: 1 });
    const { method } = { method(x) { return x + 1; } };
    console.log(await pool.defer(method, 1));
    await pool.stop();
  `);
  assert.equal(printed, '2');
});
