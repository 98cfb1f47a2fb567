import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runNode, runProgram } from '../../support/program.ts';

const LINES = 5000;
const lines = Array.from({ length: LINES }, (_, n) => `row ${n}\n`).join('');

for (const kind of ['ThreadPool', 'ProcessPool']) {
  for (const end of ['', 'await pool.stop();']) {
    test(`all that a call has printed comes out, ${end === '' ? 'where the program just ends' : 'where the pool is stopped'}: ${kind}`, async () => {
      const { stdout, stderr, code } = await runProgram(`
        import { ${kind} } from 'heddle';
        const pool = new ${kind}({ max: 1 });
        await pool.defer((count) => { for (let n = 0; n < count; n++) console.log('row', n); }, ${LINES});
        await pool.defer((count) => {
          for (let n = 0; n < count; n++) console.error('row', n);
          throw new Error('after that');
        }, ${LINES}).addErrback(() => {});
        ${end}
      `);
      assert.equal(code, 0);
      assert.equal(stdout, lines);
      assert.equal(stderr, lines);
    });
  }
}

test('a program that has replaced or ended its streams in a thread gets its results all the same', async () => {
  const { stdout } = await runProgram(`
    import { ThreadPool } from 'heddle';
    const pool = new ThreadPool({ max: 1 });
    const replaced = await pool.defer(() => {
      console.log('one');
      console.log('two');
      process.stdout.write = () => true;
      return 'replaced';
    });
    const ended = await pool.defer(() => {
      console.error('three');
      process.stderr.end();
      return 'ended';
    });
    console.log(replaced, ended);
    await pool.stop();
  `);
  assert.match(stdout, /one\ntwo\n/);
  assert.match(stdout, /replaced ended\n/);
});

test('threads and processes have the arguments of the program', async () => {
  const source = `
    import { ProcessPool, ThreadPool } from 'heddle';
    for (const Pool of [ThreadPool, ProcessPool]) {
      const pool = new Pool({ max: 1 });
      console.log(await pool.defer(() => process.argv.slice(2).join()));
      await pool.stop();
    }
  `;
  const { stdout } = await runNode(['--input-type=module', '--eval', source, '--', '--verbose', 'x']);
  assert.equal(stdout, '--verbose,x\n--verbose,x\n');
});

test('calls go on where nobody takes what they print', async () => {
  // In one the streams of the program are gone, in the other the thread keeps its own back.
  for (const [before, inThread] of [
    ["process.stdout.on('error', () => {}); process.stdout.destroy();", ''],
    ['', 'process.stdout.cork();'],
  ] as const) {
    const { stderr } = await runProgram(`
      import { ThreadPool } from 'heddle';
      const pool = new ThreadPool({ max: 1 });
      ${before}
      const print = () => { ${inThread} for (let n = 0; n < 5000; n++) console.log('row', n); return 'printed'; };
      console.error(await pool.defer(print), await pool.defer(print));
      await pool.stop();
    `);
    assert.equal(stderr, 'printed printed\n');
  }
});
