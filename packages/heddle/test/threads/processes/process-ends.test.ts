import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { FileGate, NoteBook } from '../../support/gate.ts';
import { WatchedProgram } from '../../support/watched-program.ts';

const limit = { timeout: 60_000 };

const imports = `
  import { ProcessPool } from 'heddle/threads';
  import { spinForever } from '../fixtures/threads/jobs.js';
  import { noteExit } from '../fixtures/threads/in-process.js';
  import { computeAfterwards, computeAtExit } from '../fixtures/threads/process-ends.js';
`;

// All of these have ended when their standard output is closed, which a program's processes have as well.

test('a program that exits takes with it a process that computes in what a call has left behind', limit, async (t) => {
  const gate = new FileGate(t);
  const program = new WatchedProgram(`${imports}
    await new ProcessPool({ max: 1 }).defer(computeAfterwards, ${JSON.stringify(gate.shared)});
    process.stdin.once('data', () => process.exit(3));
  `);
  await gate.entered();
  program.write('exit');
  assert.equal(await program.ended, 3);
});

test('a program that exits takes with it a process that computes as it exits itself', limit, async (t) => {
  const gate = new FileGate(t);
  const program = new WatchedProgram(`${imports}
    await new ProcessPool({ max: 1 }).defer(computeAtExit, ${JSON.stringify(gate.shared)});
  `);
  await gate.entered();
  assert.equal(await program.ended, 0);
});

test('a program that exits takes with it a process that was told to end and computes', limit, async (t) => {
  const gate = new FileGate(t);
  const program = new WatchedProgram(`${imports}
    const pool = new ProcessPool({ max: 1 });
    await pool.defer(computeAtExit, ${JSON.stringify(gate.shared)});
    process.stdin.once('data', () => process.exit(3));
    pool.stop();
  `);
  await gate.entered();
  program.write('exit');
  assert.equal(await program.ended, 3);
});

for (const how of ['process.exit(4)', "throw new Error('not now')"]) {
  test(`no older exit listener of the program keeps its processes alive: ${how}`, limit, async (t) => {
    const gate = new FileGate(t);
    const program = new WatchedProgram(`${imports}
      process.on('exit', () => { ${how}; });
      new ProcessPool({ max: 1 }).defer(spinForever, ${JSON.stringify(gate.shared)}).addErrback(() => {});
      process.stdin.once('data', () => process.exit(3));
    `);
    await gate.entered();
    program.write('exit');
    assert.equal(typeof (await program.ended), 'number');
  });
}

test('the exit listeners of idle processes have run when the program has exited', limit, async (t) => {
  const { file } = new NoteBook(t);
  const program = new WatchedProgram(`${imports}
    await new ProcessPool({ max: 1 }).defer(noteExit, ${JSON.stringify(file)});
    process.exit(3);
  `);
  assert.equal(await program.ended, 3);
  assert.equal(readFileSync(file, 'utf8'), 'ended in order');
});
