// Random programs must do on Heddle what they do on the real Twisted. HEDDLE_PROGRAMS says how many in each area, and
// HEDDLE_SEED which: other ones with each number.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { Comparison } from './compare.js';
import { areas, programOf } from './programs.js';

// Debian's own, which has the package python3-twisted.
const python = '/usr/bin/python3';
const hasTwisted = spawnSync(python, ['-c', 'import twisted']).status === 0;
const isMissing = !hasTwisted && process.env['HEDDLE_REQUIRE_ALL'] !== '1';

const programs = Number(process.env['HEDDLE_PROGRAMS'] ?? 300);
const seed = Number(process.env['HEDDLE_SEED'] ?? 1);

describe(`random programs do what they do on Twisted (HEDDLE_SEED=${seed})`, {
  skip: isMissing && 'missing here: Twisted (python3-twisted)',
}, () => {
  let comparison;
  before(() => {
    comparison = new Comparison(python);
  });
  after(() => comparison.close());

  for (const area of areas) {
    test(area, { timeout: 600_000 }, async () => {
      for (let number = 0; number < programs; number++) {
        const program = programOf(area, seed + number);
        if ((await comparison.differenceOf(program)) === undefined) continue;
        const least = await comparison.leastOf(program);
        const { heddle, twisted } = await comparison.differenceOf(least);
        assert.deepEqual(heddle, twisted, `${JSON.stringify(least)} differs: heddle ${heddle}; twisted ${twisted}`);
      }
    });
  }
});
