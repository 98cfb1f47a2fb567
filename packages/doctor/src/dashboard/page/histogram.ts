import { plural, quantileOf } from '../format.ts';
import { setText } from './dom.ts';

const NAMESPACE = 'http://www.w3.org/2000/svg';
const BAR = 8;
const GAP = 2;
const HEIGHT = 40;
/** The bars that have their time below them: each next one is for twice the time. */
const MARKED = [
  [0, '1 µs'],
  [10, '1 ms'],
  [20, '1 s'],
] as const;

/** How many calls took how long, in buckets of twice the time each. */
export function showHistogram(figure: HTMLElement, verb: string, counts: readonly number[]): void {
  const all = counts.reduce((sum, value) => sum + value, 0);
  const [half, most] = [quantileOf(counts, 0.5), quantileOf(counts, 0.99)];
  const text =
    half === undefined || most === undefined
      ? `no call has ${verb} yet`
      : `${plural(all, 'call')} ${verb}: half up to ${half}, 99 of 100 up to ${most}`;
  setText(figure.querySelector('figcaption') as HTMLElement, text);
  const picture = figure.querySelector('svg') ?? figure.insertBefore(makePicture(counts.length), figure.firstChild);
  const highest = Math.max(1, ...counts);
  for (const [index, bar] of picture.querySelectorAll('rect').entries()) {
    // Few among very many are to be seen as well.
    const part = Math.log1p(counts[index] ?? 0) / Math.log1p(highest);
    const height = Math.round(part * HEIGHT);
    bar.setAttribute('height', String(Math.max(1, height)));
    bar.setAttribute('y', String(HEIGHT - Math.max(1, height)));
    bar.setAttribute('class', height > 0 ? 'some' : 'none');
  }
}

function makePicture(bars: number): SVGElement {
  const picture = make('svg', { viewBox: `0 0 ${bars * (BAR + GAP)} ${HEIGHT + 18}`, 'aria-hidden': 'true' });
  for (let index = 0; index < bars; index++) {
    picture.append(make('rect', { x: index * (BAR + GAP), width: BAR, rx: 1 }));
  }
  for (const [index, label] of MARKED) {
    const mark = make('text', { x: index * (BAR + GAP), y: HEIGHT + 15 });
    mark.textContent = label;
    picture.append(mark);
  }
  return picture;
}

function make(tag: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = document.createElementNS(NAMESPACE, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}
