import type { Target } from '../measures/measure.ts';
import type { FigureResult, Results, Spread } from '../results.ts';
import { markdownTable, number } from './markdown.ts';

/** What is aimed at, and whether it is reached: a column for each Node that was measured. */
export function targetTable(all: readonly Results[]): string {
  const [first] = all;
  const aims = first?.figures.filter(({ target }) => target !== undefined) ?? [];
  const head = ['', 'target', ...all.map(({ environment }) => `Node ${environment.node.slice(1)}`)];
  const rows = aims.map(({ name, title, unit, target }) => {
    const cells = all.map(({ figures }) => reached(figures.find((figure) => figure.name === name)));
    return [title, words(target as Target, unit)].concat(cells);
  });
  return markdownTable(head, rows);
}

function words(target: Target, unit: string): string {
  if (target.kind === 'value') return `at most ${target.atMost} ${unit}`;
  if (target.kind === 'beyond') return `at most ${target.atMost} ${unit} beyond ${target.than.join(' or ')}`;
  const than = target.than === 'the best peer' ? target.than : target.than.join(' and ');
  return target.atLeast === 1 ? `no worse than ${than}` : `${number(target.atLeast)}× better than ${than}`;
}

function reached(figure: FigureResult | undefined): string {
  const { target, verdict, unit } = figure ?? {};
  if (target === undefined || verdict === undefined) return '—';
  const mark = verdict.met ? '✓' : '✗';
  const range = ({ median, least, most }: Spread, sign: string): string =>
    `${number(median)}${sign} (${number(least)} to ${number(most)})`;
  if (target.kind === 'times') return `${mark} ${range(verdict.reached, '×')} than ${verdict.than}`;
  return `${mark} ${range(verdict.reached, ` ${unit}`)}`;
}
