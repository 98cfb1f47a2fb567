import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runProgramFile } from '../support/program.ts';

test('many classes that run code when they are made, and use one another, are made in a thread', async (t) => {
  const names = Array.from({ length: 1700 }, (_, index) => `C${index}`);
  const source = `
    import { deferToThread } from 'heddle';
    const numbered = (number) => number;
    const all = () => [${names.join(', ')}];
    ${names.map((name, index) => `class ${name} { static number = numbered(${index}); static next() { return all()[${index} + 1]; } }`).join('\n')}
    console.log(await deferToThread(() => [C0.next().number, C7.next().next().number]));
  `;
  assert.deepEqual(await runProgramFile(t, source), { code: 0, stdout: '[ 1, 9 ]\n', stderr: '' });
});
