import { HEDDLE, type PeerResult, type Results } from '../results.ts';
import { markdownTable, number } from './markdown.ts';

/** Every figure of every peer, and beneath it why some have none. */
export function fieldTable(results: Results): string {
  const reasons = results.figures.flatMap(({ unmeasured }) => Object.entries(unmeasured));
  const lines = new Set(reasons.map(([name, reason]) => `- ${name}, where it has no figure: ${reason}.`));
  return [figureTable(results), '', ...lines].join('\n');
}

/** A row for each figure, a column for each peer. */
export function figureTable({ peers, figures }: Pick<Results, 'peers' | 'figures'>): string {
  const names = peers.map(({ name }) => name);
  const rows = figures.map(({ title, unit, peers: results }) => [
    `${title}, ${unit}`,
    ...names.map((name) => cell(name, results[name])),
  ]);
  return markdownTable(['', ...names], rows);
}

function cell(name: string, result: PeerResult | undefined): string {
  if (result === undefined) return '—';
  const { value, heddleBetterBy } = result;
  // Beside a figure that Heddle has not, there is nothing to compare.
  if (name === HEDDLE || !Number.isFinite(heddleBetterBy.median)) return number(value);
  return `${number(value)} (${number(heddleBetterBy.median)}×)`;
}
