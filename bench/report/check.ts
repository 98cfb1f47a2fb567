/**
 * Whether the result files of `npm run bench` can still be read, and whether every page shows what they say: `node
 * report/check.ts`, with another folder of results where that is meant. Prints what is wrong.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type FigureResult, HEDDLE, type Results, spread, verdictOn } from '../results.ts';
import { resultsFolder } from './save.ts';
import { committedResults, shownPages, tablesOf } from './write.ts';

const folder = process.argv[2] ?? resultsFolder;
const all = committedResults(folder);
const faults = all.flatMap(([file, results]) => faultsOf(results).map((fault) => `${file}: ${fault}`));
if (all.length === 0) faults.push(`${folder}: there is no result file`);

// What cannot be read cannot be shown.
if (faults.length === 0) {
  for (const [file, results] of all) {
    const beside = path.join(folder, file.replace('.json', '.md'));
    if (!existsSync(beside) || readFileSync(beside, 'utf8') !== tablesOf(results)) {
      faults.push(`${beside} does not show what ${file} says`);
    }
  }
  for (const { page, before, after } of shownPages(all.map(([, results]) => results))) {
    if (before !== after) faults.push(`${path.basename(page)} does not show what the files say`);
  }
}
for (const fault of faults) console.log(fault);
if (faults.length > 0) process.exitCode = 1;

function faultsOf(results: Results): string[] {
  const { environment, peers, figures, rounds, slice, remarks } = results;
  const texts = { ...environment, node: environment?.node };
  const found = (['node', 'platform', 'date'] as const).filter((key) => typeof texts[key] !== 'string');
  const missing = found.map((key) => `environment.${key} is no text`);
  if (!isCount(environment?.cores) || !isCount(rounds) || !isCount(slice))
    missing.push('cores, rounds or slice is no count');
  if (!Array.isArray(remarks) || !Array.isArray(peers) || !Array.isArray(figures)) {
    return [...missing, 'remarks, peers or figures is no list'];
  }
  const names = peers.map(({ name }) => name);
  if (names[0] !== HEDDLE) missing.push(`${HEDDLE} is not the first of the peers`);
  return [
    ...missing,
    ...figures.flatMap((figure) => figureFaults(figure, names).map((fault) => `${figure.name}: ${fault}`)),
  ];
}

function figureFaults(figure: FigureResult, names: readonly string[]): string[] {
  const { title, unit, better, target, verdict, peers, unmeasured } = figure;
  if (![title, unit, better].every((text) => typeof text === 'string')) return ['title, unit or better is no text'];
  const faults = names.flatMap((name) => {
    const result = peers[name];
    if (result === undefined)
      return typeof unmeasured[name] === 'string' ? [] : [`${name} has neither a figure nor a reason`];
    if (result.rounds.length === 0 || !result.rounds.every(Number.isFinite))
      return [`${name} has a round without a number`];
    return spread(result.rounds).median === result.value ? [] : [`${name}'s value is not the median of its rounds`];
  });
  if (peers[HEDDLE] === undefined) return [...faults, `${HEDDLE} has no figure`];
  if (target === undefined || faults.length > 0) return faults;
  const isRight = JSON.stringify(verdict) === JSON.stringify(verdictOn(target, figure));
  return isRight ? [] : ['the verdict does not follow from the figures'];
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && value > 0;
}
