import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { reportOn } from './support/examined.ts';
import { javaScript } from './who-blocks/forms.ts';
import { outcomeOf } from './who-blocks/outcome.ts';
import { rows } from './who-blocks/rows.ts';

const major = Number(process.versions.node.split('.')[0]);

describe('the doctor names the function, the line and the call that block the loop', { concurrency: 2 }, () => {
  for (const row of rows) {
    const skip = row.isInNode20 === false && major < 22 ? 'not in this Node version: node:sqlite needs 22.13' : false;
    test(`of ${row.title}`, { skip }, async () => {
      const { report, stderr } = await reportOn(['--', process.execPath, ...javaScript.command(row.program, major)]);
      const [place] = report.places;
      assert.equal(outcomeOf(place, row, javaScript), 'named', `${JSON.stringify(place, undefined, 2)}\n${stderr}`);
    });
  }
});
