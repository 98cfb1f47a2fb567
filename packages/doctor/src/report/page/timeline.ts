import type { Block, Report } from '../report.ts';
import { duration } from '../duration.ts';
import { ticks } from './scale.ts';

const NAMESPACE = 'http://www.w3.org/2000/svg';
const HEIGHT = 190;
const MARGIN = { left: 58, right: 12, top: 10, bottom: 26 };
/** The width of a time below the axis. */
const LABEL = 44;
/** What the delays are the longest of. */
const SECOND = 1000;
/** A bar that is narrower cannot be seen. */
const NARROWEST = 3;

/** The delay of the loop over the time of the run: a line for each second's longest, and each block as a bar. */
export function showTimeline(root: HTMLElement, report: Report): void {
  const svg = element('svg', { role: 'img', 'aria-label': 'The delay of the loop over time', tabindex: '0' });
  const note = document.createElement('p');
  note.className = 'note';
  note.setAttribute('aria-live', 'polite');
  root.append(svg, note);
  let chosen = -1;
  const choose = (index: number): void => {
    chosen = Math.max(0, Math.min(report.blocks.length - 1, index));
    const block = report.blocks[chosen];
    note.textContent = block === undefined ? hint(report) : said(block, report);
    draw(svg, report, root.clientWidth, chosen, choose);
  };
  svg.addEventListener('keydown', (event) => {
    const steps: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    choose(chosen + step);
  });
  note.textContent = hint(report);
  new ResizeObserver(() => draw(svg, report, root.clientWidth, chosen, choose)).observe(root);
}

function hint({ blocks }: Report): string {
  return blocks.length === 0
    ? 'Nothing blocked the loop.'
    : 'Each bar is a time that the loop was blocked. Choose one with the mouse or the arrow keys. The lines are the longest delay of each second.';
}

function said(block: Block, { began, places }: Report): string {
  const place = places[block.place];
  const who =
    place === undefined || place.file === ''
      ? 'unknown code'
      : `${place.call ?? place.functionName} (${place.file.split(/[/\\]/).at(-1)}:${place.line})`;
  const when = `${duration(Math.max(0, block.began - began))} after the start`;
  return `${when}: ${duration(block.duration)} in ${who}`;
}

function draw(
  svg: SVGElement,
  { began, duration: ran, blocks, delays, longest, threshold }: Report,
  width: number,
  chosen: number,
  choose: (index: number) => void,
): void {
  if (width === 0) return;
  svg.replaceChildren();
  svg.setAttribute('width', String(width));
  svg.setAttribute('height', String(HEIGHT));
  const bottom = HEIGHT - MARGIN.bottom;
  const plotWidth = width - MARGIN.left - MARGIN.right;
  const rows = ticks(Math.max(longest, threshold, ...delays.map(({ longest }) => longest)), 4);
  const most = rows.at(-1) ?? 1;
  const x = (moment: number): number => MARGIN.left + (Math.max(0, moment - began) / Math.max(1, ran)) * plotWidth;
  const y = (length: number): number => bottom - (length / most) * (bottom - MARGIN.top);
  for (const row of rows) {
    svg.append(element('line', { class: 'grid', x1: MARGIN.left, x2: width - MARGIN.right, y1: y(row), y2: y(row) }));
    svg.append(text(duration(row), { x: MARGIN.left - 6, y: y(row) + 4, 'text-anchor': 'end' }));
  }
  for (const column of ticks(ran, Math.max(2, Math.floor(width / 140)))) {
    if (column > ran) continue;
    const at = x(began + column);
    const isLast = at > width - MARGIN.right - LABEL / 2;
    svg.append(
      text(duration(column), {
        x: isLast ? width - MARGIN.right : at,
        y: HEIGHT - 8,
        'text-anchor': isLast ? 'end' : 'middle',
      }),
    );
  }
  for (const { at, longest } of delays) {
    svg.append(element('line', { class: 'delay', x1: x(at - SECOND), x2: x(at), y1: y(longest), y2: y(longest) }));
  }
  for (const [index, block] of blocks.entries()) {
    const from = x(block.began);
    const bar = element('rect', {
      class: index === chosen ? 'bar chosen' : 'bar',
      x: from,
      y: y(block.duration),
      width: Math.max(NARROWEST, x(block.began + block.duration) - from),
      height: bottom - y(block.duration),
    });
    bar.addEventListener('click', () => choose(index));
    bar.addEventListener('pointerenter', () => index !== chosen && choose(index));
    svg.append(bar);
  }
}

function element(name: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

function text(content: string, attributes: Record<string, string | number>): SVGElement {
  const made = element('text', attributes);
  made.textContent = content;
  return made;
}
