import { duration, plural } from '../format.ts';
import type { BlockedPlace, PlaceFrame } from '../sample.ts';
import { byId, element, setText, showList } from './dom.ts';

/** The places that have blocked the loop, each to be opened for its stack. */
export function showPlaces(places: readonly BlockedPlace[], now: number): void {
  byId('no-places').hidden = places.length > 0;
  const most = places[0]?.total ?? 0;
  showList(byId('places'), places, {
    key: ({ key }) => key,
    make: () =>
      element(
        'details',
        { class: 'place' },
        element(
          'summary',
          {},
          element('span', { class: 'bar', 'aria-hidden': 'true' }),
          element('b', { class: 'text' }),
          element('span', { class: 'chip' }),
          element('span', { class: 'numbers' }),
        ),
        element('ol', { class: 'stack' }),
      ),
    update: (made, place) => {
      const part = (name: string): HTMLElement => made.querySelector(name) as HTMLElement;
      setText(part('.text'), place.text);
      setText(part('.chip'), place.kind);
      part('.chip').hidden = place.kind === place.text;
      setText(
        part('.numbers'),
        `${plural(place.count, 'time')}, ${duration(place.total)} in all, longest ${duration(place.longest)}, ${ago(now - place.last)}`,
      );
      part('.bar').style.width = `${most > 0 ? (100 * place.total) / most : 0}%`;
      showStack(part('.stack'), place.stack);
    },
  });
}

function showStack(list: HTMLElement, stack: readonly PlaceFrame[]): void {
  const rows = stack.map((frame, index) => ({ frame, index }));
  if (rows.length === 0) {
    setText(list, 'Nothing of it was on the stack: a call that leaves no frame behind.');
    return;
  }
  if (list.children.length === 0) list.replaceChildren();
  showList(list, rows, {
    key: ({ frame, index }) => `${index} ${frame.functionName} ${frame.file} ${frame.line}:${frame.column}`,
    make: ({ frame }) =>
      element(
        'li',
        { 'data-origin': frame.origin },
        element('span', { class: 'function' }, frame.functionName || '(anonymous)'),
        ' ',
        element('span', { class: 'file' }, `${frame.file}:${frame.line}:${frame.column}`),
      ),
    update: () => {},
  });
}

function ago(milliseconds: number): string {
  return milliseconds < 1500 ? 'just now' : `${duration(Math.round(milliseconds / 1000) * 1000)} ago`;
}
