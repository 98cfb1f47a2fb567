/**
 * What Heddle's threads cost and what its peers' cost, in one run: `npm run bench`, which takes some minutes.
 *
 * Each peer has a process of its own, which waits while another is measured. Compare the ratios, which are taken inside
 * a round; absolute figures differ from machine to machine.
 *
 * `npm run bench -- --node 20` measures on another Node; `--smoke` shows in seconds that every program works.
 */
import { readOptions } from './options.ts';
import { environment } from './report/environment.ts';
import { HEDDLE, resultsOf } from './results.ts';
import { measureRounds, participants } from './rounds.ts';
import { fieldTable } from './report/field-table.ts';
import { targetTable } from './report/target-table.ts';
import { writeResults } from './report/write.ts';

const options = readOptions();
// Before the run itself is the load.
const measuredIn = environment(options.node);
const { all, withoutTwisted } = await participants(options);
const measured = await measureRounds(all, options);
const results = resultsOf(measured, all, {
  environment: measuredIn,
  rounds: options.rounds,
  slice: options.slice,
  remarks: withoutTwisted === undefined ? [] : [withoutTwisted],
});

if (options.smoke) {
  const figures = results.figures.filter(({ peers }) => Number.isFinite(peers[HEDDLE]?.value));
  console.log(`${figures.length} of ${results.figures.length} figures, from ${all.map(({ name }) => name).join(', ')}`);
  if (figures.length < results.figures.length) process.exitCode = 1;
} else if (options.only === undefined) {
  console.log(`\n${fieldTable(results)}\n\n${targetTable([results])}\n`);
  console.log(`Written: ${writeResults(results).join(', ')}`);
} else {
  // A part of the field is no result to keep.
  console.log(`\n${fieldTable(results)}`);
}
