import { duration, percent } from '../format.ts';
import type { LoopSample } from '../sample.ts';
import { element, setText, showList } from './dom.ts';

interface Figure {
  readonly name: string;
  readonly value: string;
  /** From which level on it is bad. */
  readonly level: 'fine' | 'slow' | 'bad';
}

/** The last second in numbers. */
export function showLoopFigures(list: HTMLElement, { median, p90, longest, utilization }: LoopSample): void {
  const figures: Figure[] = [
    { name: 'median', value: duration(median), level: levelOf(median) },
    { name: '9 of 10', value: duration(p90), level: levelOf(p90) },
    { name: 'longest', value: duration(longest), level: levelOf(longest) },
    { name: 'busy', value: percent(utilization), level: utilization > 0.9 ? 'slow' : 'fine' },
  ];
  showList(list, figures, {
    key: ({ name }) => name,
    make: ({ name }) => element('div', {}, element('dt', {}, name), element('dd')),
    update: (made, { value, level }) => {
      made.dataset['level'] = level;
      setText(made.querySelector('dd') as HTMLElement, value);
    },
  });
}

/** A person notices a tenth of a second. */
function levelOf(milliseconds: number): Figure['level'] {
  if (milliseconds >= 100) return 'bad';
  return milliseconds >= 20 ? 'slow' : 'fine';
}
