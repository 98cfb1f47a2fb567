import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { type Place, reportOn } from './support/examined.ts';
import { packageRoot } from './support/paths.ts';

const fixture = (name: string): string => path.join(packageRoot, 'test/fixtures', name);
/** How long the machine of the test program stands still. */
const STOPPED_MS = 700;

// Beside one another these would be what a machine is busy with.
describe('the doctor has nothing to say', () => {
  for (const [what, name] of [
    ['of a program that is idle', 'idle.cjs'],
    ['of a program that is busy with many short things', 'busy.mjs'],
  ] as const) {
    test(what, async () => {
      const tries: (readonly Place[])[] = [];
      // On a machine that is busy with other things, short calls are long ones: it gets another chance.
      while (tries.length < 3 && tries.at(-1)?.length !== 0) {
        const { code, report } = await reportOn(['--', process.execPath, fixture(name)]);
        assert.equal(code, 0);
        tries.push(report.places);
      }
      assert.equal(tries.at(-1)?.length, 0, JSON.stringify(tries, undefined, 2));
    });
  }

  test('of a time in which the whole process was stopped', async () => {
    let pid: number | undefined;
    const { report } = await reportOn(['--', process.execPath, fixture('stopped.cjs')], {
      onOutput: (output, child) => {
        const [, found] = /pid (\d+)\n/.exec(output) ?? [];
        if (found === undefined || pid !== undefined) return;
        pid = Number(found);
        setTimeout(() => {
          process.kill(pid as number, 'SIGCONT');
          child.kill('SIGTERM');
        }, STOPPED_MS);
      },
    });
    assert.notEqual(pid, undefined);
    assert.deepEqual(report.places, []);
  });
});
