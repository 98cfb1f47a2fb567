import uPlot from 'uplot';
import { duration } from '../format.ts';
import type { BlockMark, LoopSample } from '../sample.ts';

const SHOWN_SECONDS = 300;
/** What is less is drawn as this: a logarithmic scale has no 0. */
const LEAST = 0.1;
const HEIGHT = 220;
/** So long after a sample comes the next, and a little longer where the machine is busy. */
const GAP_MS = 5000;
const POWERS_OF_TEN = [0.1, 1, 10, 100, 1000, 10_000, 100_000];

type Values = (number | null)[];

/** The loop's delay over the last minutes, on a logarithmic scale: what everybody feels and what nobody does are both in it. */
export class LoopChart {
  readonly #container: HTMLElement;
  #samples: LoopSample[] = [];
  #marks: BlockMark[] = [];
  #plot: uPlot | undefined;

  constructor(container: HTMLElement) {
    this.#container = container;
    new ResizeObserver(() => this.#plot?.setSize(this.#size())).observe(container);
    // The canvas takes its colours once.
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      this.#plot?.destroy();
      this.#plot = undefined;
      this.#draw();
    });
  }

  reset(samples: readonly LoopSample[], marks: readonly BlockMark[]): void {
    this.#samples = [...samples];
    this.#marks = [...marks];
    this.#draw();
  }

  add(sample: LoopSample): void {
    this.#samples.push(sample);
    const oldest = sample.at - SHOWN_SECONDS * 1000;
    while ((this.#samples[0]?.at ?? oldest) < oldest) this.#samples.shift();
    while ((this.#marks[0]?.at ?? oldest) < oldest) this.#marks.shift();
    this.#draw();
  }

  mark(mark: BlockMark): void {
    this.#marks.push(mark);
    this.#draw();
  }

  #draw(): void {
    const data = this.#data();
    if (this.#plot === undefined) {
      this.#container.replaceChildren();
      this.#plot = new uPlot(this.#options(), data, this.#container);
    } else {
      this.#plot.setData(data);
    }
  }

  #data(): uPlot.AlignedData {
    const [times, longest, p90, median]: [number[], Values, Values, Values] = [[], [], [], []];
    let before: number | undefined;
    for (const sample of this.#samples) {
      if (before !== undefined && sample.at - before > GAP_MS + sample.longest) {
        // Nobody looked, so nothing was measured.
        times.push((before + 1) / 1000);
        for (const values of [longest, p90, median]) values.push(null);
      }
      before = sample.at;
      times.push(sample.at / 1000);
      longest.push(Math.max(LEAST, sample.longest));
      p90.push(Math.max(LEAST, sample.p90));
      median.push(Math.max(LEAST, sample.median));
    }
    return [times, longest, p90, median];
  }

  #size(): { readonly width: number; readonly height: number } {
    return { width: Math.max(200, this.#container.clientWidth), height: HEIGHT };
  }

  #options(): uPlot.Options {
    const style = getComputedStyle(this.#container);
    const color = (name: string): string => style.getPropertyValue(`--${name}`).trim();
    const font = '12px system-ui, sans-serif';
    const line = { stroke: color('faint'), font, grid: { stroke: color('grid'), width: 1 }, ticks: { show: false } };
    return {
      ...this.#size(),
      legend: { show: false },
      cursor: { show: false },
      padding: [10, 6, 0, 0],
      scales: {
        x: { time: true, range: () => this.#shownTime() },
        y: { distr: 3, range: () => [LEAST, Math.max(1000, this.#most() * 1.3)] },
      },
      axes: [
        { ...line, space: 90, size: 30, values: (_, times) => times.map(clockTime) },
        {
          ...line,
          size: 58,
          splits: POWERS_OF_TEN,
          values: (_, values) => values.map((value) => (value === LEAST ? '' : duration(value))),
          filter: (_, values) => values,
        },
      ],
      series: [
        {},
        { stroke: color('longest'), fill: color('longest-fill'), width: 1.5, points: { show: false } },
        { stroke: color('p90'), width: 1.5, points: { show: false } },
        { stroke: color('median'), width: 1.5, points: { show: false } },
      ],
      hooks: { drawClear: [(plot) => this.#drawMarks(plot, color('blocked-band'))] },
    };
  }

  #drawMarks(plot: uPlot, color: string): void {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.fillStyle = color;
    for (const { at, duration: length } of this.#marks) {
      const left = plot.valToPos(at / 1000, 'x', true);
      const right = plot.valToPos((at + length) / 1000, 'x', true);
      ctx.fillRect(left, bbox.top, Math.max(2 * devicePixelRatio, right - left), bbox.height);
    }
    ctx.restore();
  }

  #shownTime(): [number, number] {
    const now = (this.#samples.at(-1)?.at ?? Date.now()) / 1000;
    // A new page begins with its first minute.
    const first = (this.#samples[0]?.at ?? Date.now()) / 1000;
    return [now - Math.min(SHOWN_SECONDS, Math.max(60, now - first)), now];
  }

  #most(): number {
    return this.#samples.reduce((most, { longest }) => Math.max(most, longest), 0);
  }
}

function clockTime(seconds: number): string {
  return new Date(seconds * 1000).toLocaleTimeString('en-GB', { hour12: false });
}
