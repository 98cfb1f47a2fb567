/** Whether the guide shows what the results say: `node stories/check.ts`, with another page where that is meant. */
import { readFileSync } from 'node:fs';
import { withResults } from './guide.ts';
import { committedResults, guide } from './files.ts';

const page = readFileSync(process.argv[2] ?? guide, 'utf8');
if (withResults(page, committedResults()) !== page) {
  console.error(
    'The guide does not show what results/stories.json says: npm run bench:stories -w @heddle/bench -- --guide',
  );
  process.exitCode = 1;
}
