import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Place, reportOn } from './support/examined.ts';
import { javaScript } from './who-blocks/forms.ts';
import { outcomeOf } from './who-blocks/outcome.ts';
import { rows } from './who-blocks/rows.ts';

const major = Number(process.versions.node.split('.')[0]);

describe('the doctor names the function, the line and the call that block the loop', { concurrency: 2 }, () => {
  for (const row of rows) {
    const skip = row.isInNode20 === false && major < 22 ? 'not in this Node version: node:sqlite needs 22.13' : false;
    test(`of ${row.title}`, { skip }, async () => {
      const args = ['--', process.execPath, ...javaScript.command(row.program, major)];
      let place: Place | undefined;
      // A machine that is busy with other things leaves too little to see: it gets another chance.
      for (let tries = 0; tries < 6 && outcomeOf(place, row, javaScript) !== 'named'; tries++) {
        [place] = (await reportOn(args)).report.places;
      }
      assert.equal(outcomeOf(place, row, javaScript), 'named', JSON.stringify(place, undefined, 2));
    });
  }
});
