import { count, duration, percent, plural } from '../format.ts';
import type { CallRow, PoolSample, ThreadRow } from '../sample.ts';
import { byId, element, setText, showList } from './dom.ts';
import { showHistogram } from './histogram.ts';

/** Is told which call somebody wants to cancel. */
export type AskToCancel = (call: CallRow) => void;

/** A thread, and what it has to do. */
interface Lane {
  readonly name: string;
  readonly thread: ThreadRow | undefined;
  /** One that waits at the thread for another is not among them. */
  readonly call: CallRow | undefined;
}

/** The pools: what each thread runs, what waits, and how long calls have waited and run so far. */
export function showPools(pools: readonly PoolSample[], mayCancel: boolean, ask: AskToCancel): void {
  byId('no-pools').hidden = pools.length > 0;
  showList(byId('pool-list'), pools, {
    key: ({ key }) => key,
    make: ({ name, key }) => makePool(name, key),
    update: (made, pool) => updatePool(made, pool, mayCancel, ask),
  });
}

function makePool(name: string, key: string): HTMLElement {
  const id = `${key}-title`;
  return element(
    'article',
    { class: 'pool', 'aria-labelledby': id },
    element(
      'div',
      { class: 'pool-head' },
      element('h3', { id }, name),
      element('p', { class: 'now' }),
      element('p', { class: 'so-far' }),
    ),
    element('ul', { class: 'lanes', 'aria-label': `Threads of ${name}` }),
    element(
      'div',
      { class: 'queue' },
      element('h4', {}, 'Waiting'),
      element('ol', { class: 'waiting', 'aria-label': `Calls that wait for a thread of ${name}` }),
      element('p', { class: 'more' }),
    ),
    element(
      'div',
      { class: 'histograms' },
      element('figure', { class: 'waits' }, element('figcaption')),
      element('figure', { class: 'runs' }, element('figcaption')),
    ),
  );
}

function updatePool(made: HTMLElement, pool: PoolSample, mayCancel: boolean, ask: AskToCancel): void {
  const part = (name: string): HTMLElement => made.querySelector(name) as HTMLElement;
  const { busy, max, backlog, completed, failed, cancelled, refused } = pool;
  setText(
    part('.now'),
    `${busy} of ${plural(max, 'thread')} busy, ${backlog === 0 ? 'nothing' : count(backlog)} waiting`,
  );
  const ends = [
    `${count(completed)} completed`,
    ...(failed > 0 ? [`${count(failed)} failed`] : []),
    ...(cancelled > 0 ? [`${count(cancelled)} cancelled`] : []),
    ...(refused > 0 ? [`${count(refused)} refused`] : []),
  ];
  setText(part('.so-far'), ends.join(', '));
  showLanes(part('.lanes'), lanesOf(pool), mayCancel, ask);
  const waiting = pool.calls.filter(({ state }) => state === 'waiting');
  part('.queue').hidden = waiting.length === 0;
  const shown = waiting.slice(0, 8);
  showWaiting(part('.waiting'), shown, mayCancel, ask);
  const more = Math.max(backlog, waiting.length) - shown.length;
  setText(part('.more'), more > 0 ? `and ${count(more)} more` : '');
  showHistogram(part('.waits'), 'waited', pool.waitTimes);
  showHistogram(part('.runs'), 'ran', pool.runTimes);
}

function lanesOf({ perThread, calls }: PoolSample): Lane[] {
  const begun = calls.filter(({ state }) => state !== 'waiting');
  const known = new Set(perThread.map(({ name }) => name));
  const own = perThread.flatMap((thread): Lane[] => {
    const its = begun.filter((call) => call.thread === thread.name);
    return (its.length === 0 ? [undefined] : its).map((call) => ({ name: thread.name, thread, call }));
  });
  // The threads of bound objects are not the pool's own.
  const others = begun.filter(({ thread = '' }) => !known.has(thread));
  return [...own, ...others.map((call): Lane => ({ name: call.thread ?? '', thread: undefined, call }))];
}

function showLanes(list: HTMLElement, lanes: readonly Lane[], mayCancel: boolean, ask: AskToCancel): void {
  showList(list, lanes, {
    // A button keeps its call: nobody shall cancel what came in the place of another between looking and pressing.
    key: ({ name, call }) => `${name} ${call?.id ?? 'idle'}`,
    make: ({ name, call }) =>
      element(
        'li',
        { class: 'lane', 'data-state': call === undefined ? 'idle' : 'busy' },
        element('span', { class: 'thread' }, name),
        element('span', { class: 'use' }),
        element('span', { class: 'function', title: call?.functionName ?? '' }, call?.functionName ?? 'idle'),
        element('span', { class: 'time' }),
        ...(call === undefined ? [] : [cancelButton(call, ask)]),
      ),
    update: (made, { thread, call }) => {
      const part = (name: string): HTMLElement => made.querySelector(name) as HTMLElement;
      if (call !== undefined) made.dataset['state'] = call.state;
      const use = thread === undefined ? 'bound object' : `${percent(thread.utilization)} used`;
      setText(part('.use'), thread?.overdue === undefined ? use : `ended ${duration(thread.overdue)} ago, goes on`);
      const state = call?.state === 'given up' ? 'given up, goes on ' : '';
      setText(part('.time'), call === undefined ? '' : `${state}${duration(call.runTime ?? call.age)}`);
      showButton(made, call !== undefined && call.state !== 'given up' && mayCancel);
    },
  });
}

function showWaiting(list: HTMLElement, calls: readonly CallRow[], mayCancel: boolean, ask: AskToCancel): void {
  showList(list, calls, {
    key: ({ id }) => String(id),
    make: (call) =>
      element(
        'li',
        {},
        element('span', { class: 'function', title: call.functionName }, call.functionName),
        element('span', { class: 'time' }),
        cancelButton(call, ask),
      ),
    update: (made, { age }) => {
      setText(made.querySelector('.time') as HTMLElement, duration(age));
      showButton(made, mayCancel);
    },
  });
}

function cancelButton(call: CallRow, ask: AskToCancel): HTMLElement {
  const label = `Cancel ${call.functionName}, call ${call.id}`;
  return element('button', { type: 'button', class: 'cancel', 'aria-label': label, click: () => ask(call) }, 'Cancel');
}

function showButton(made: HTMLElement, isShown: boolean): void {
  const button = made.querySelector('button');
  if (button !== null) button.hidden = !isShown;
}
