import { count, duration, mean, percent, plural } from '../dashboard/format.ts';
import type { CallRow, FunctionRow, LoopSample, PoolSample } from '../dashboard/sample.ts';
import type { TopState } from './state.ts';
import { fit, type Line, printable, type Style, widthOf } from './text.ts';

const EMPTY: Line = [];
const BARS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/** A delay as long as this has the highest bar; the scale is logarithmic. */
const HIGHEST_MS = 10_000;
/** As wide as a time can be: `12 min 34 s`. */
const LONGEST_TIME = 11;

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** The whole screen: never more lines than it has rows, and the last one for the keys. */
export function renderScreen(state: TopState, { columns, rows }: Size): Line[] {
  const room = rows - 1;
  const lines = [...head(state, columns), ...pools(state), EMPTY];
  const below = [...places(state, columns), ...functions(state, columns)];
  // At least three calls are to be seen before what is below them.
  const callRows = Math.max(3, room - lines.length - 1 - below.length);
  lines.push(...calls(state, columns, callRows), ...below);
  const shown = lines.slice(0, room);
  while (shown.length < room) shown.push(EMPTY);
  return [...shown, keys(state)];
}

/** The same without a screen: all of it. */
export function renderText(state: TopState): Line[] {
  const columns = 100;
  return [
    ...head(state, columns),
    ...pools(state),
    ...calls(state, columns, Number.POSITIVE_INFINITY),
    ...places(state, columns),
    ...functions(state, columns),
  ];
}

function head({ hello, sample, connection, delays }: TopState, columns: number): Line[] {
  const program = hello?.program;
  const about =
    program && `  process ${program.pid}, Node ${program.node}, up ${duration(Date.now() - program.started)}`;
  const name = printable(program?.name ?? 'Heddle');
  const status: Style = connection.state === 'live' ? 'good' : 'bad';
  const why = 'why' in connection ? `lost, trying again: ${printable(connection.why)}` : connection.state;
  const gap = Math.max(2, columns - widthOf(name) - widthOf(about ?? '') - widthOf(why));
  const first: Line = [[name, 'bold'], [about ?? '', 'faint'], [' '.repeat(gap)], [why, status]];
  if (sample === undefined) return [first, EMPTY];
  return [first, loop(sample.loop), [['      '], [sparkline(delays.slice(6 - columns)), 'slow']], EMPTY];
}

function loop({ median, p90, longest, utilization }: LoopSample): Line {
  const figure = (name: string, milliseconds: number): Line => [
    [`   ${name} `, 'faint'],
    [duration(milliseconds), levelOf(milliseconds)],
  ];
  return [
    ['Loop', 'bold'],
    ...figure('median', median),
    ...figure('9 of 10', p90),
    ...figure('longest', longest),
    ['   busy ', 'faint'],
    [percent(utilization)],
  ];
}

function sparkline(delays: readonly number[]): string {
  const most = Math.log10(HIGHEST_MS);
  return delays
    .map((delay) => BARS[Math.round((Math.max(0, Math.min(most, Math.log10(Math.max(1, delay)))) / most) * 8)])
    .join('');
}

function pools({ sample }: TopState): Line[] {
  const all = sample?.pools ?? [];
  const width = Math.min(24, Math.max(4, ...all.map(({ name }) => widthOf(printable(name)))));
  return all.map((pool) => poolLine(pool, width));
}

function poolLine(pool: PoolSample, width: number): Line {
  const { name, busy, max, backlog, completed, failed, cancelled, refused } = pool;
  const ends = [
    `${count(completed)} completed`,
    ...(failed > 0 ? [`${count(failed)} failed`] : []),
    ...(cancelled > 0 ? [`${count(cancelled)} cancelled`] : []),
    ...(refused > 0 ? [`${count(refused)} refused`] : []),
  ];
  return [
    ['Pool ', 'bold'],
    [fit(printable(name), width)],
    [`  ${busy} of ${plural(max, 'thread')} busy, `],
    [`${count(backlog)} waiting`, backlog > 0 ? 'slow' : 'plain'],
    [`  ${ends.join(', ')}`, 'faint'],
  ];
}

function calls(state: TopState, columns: number, most: number): Line[] {
  const all = state.calls;
  const chosen = state.chosen?.id;
  // The thread first goes where there is little room.
  const threadWidth = columns >= 90 ? 23 : columns >= 70 ? 15 : 0;
  const nameWidth = Math.max(12, Math.min(60, columns - 2 - 8 - 1 - threadWidth - 10 - LONGEST_TIME));
  const line = (mark: string, id: string, name: string, thread: string, what: string, time: string): string =>
    `${mark} ${fit(id, 7, 'right')} ${fit(name, nameWidth)} ${threadWidth > 0 ? `${fit(thread, threadWidth - 1)} ` : ''}${fit(what, 9)} ${fit(time, LONGEST_TIME, 'right')}`;
  const title: Line = [[line(' ', 'call', 'function', 'thread or pool', 'state', 'time'), 'faint']];
  if (all.length === 0) return [title, [['  No calls.', 'faint']]];
  // The chosen one is always in sight.
  const index = all.findIndex(({ id }) => id === chosen);
  const from = Math.max(0, Math.min(index - Math.floor(most / 2), all.length - most));
  const shown = all.slice(
    Number.isFinite(from) ? from : 0,
    most === Number.POSITIVE_INFINITY ? undefined : from + most,
  );
  return [
    title,
    ...shown.map((call): Line => {
      const { id, thread, pool, state: what, runTime, age } = call;
      const mark = id === chosen ? '>' : ' ';
      const text = line(mark, String(id), nameOf(call), printable(thread ?? pool), what, duration(runTime ?? age));
      if (id === chosen) return [[text, 'chosen']];
      return [[text, what === 'waiting' ? 'faint' : what === 'given up' ? 'bad' : 'plain']];
    }),
  ];
}

function places({ places: all }: TopState, columns: number): Line[] {
  if (all.length === 0) return [];
  const rows = all.slice(0, 5).map(({ text, count: times, total, longest }) => ({
    text: printable(text),
    inAll: `${fit(`${count(times)}×`, 8, 'right')} ${fit(duration(total), LONGEST_TIME, 'right')} in all`,
    longest: `, longest ${duration(longest)}`,
    level: levelOf(longest),
  }));
  const figures = Math.max(...rows.map(({ inAll, longest }) => widthOf(inAll + longest)));
  const width = Math.max(20, columns - 2 - figures);
  return [
    EMPTY,
    [['What blocked the loop', 'bold']],
    ...rows.map(({ text, inAll, longest, level }): Line => [[`  ${fit(text, width)}`], [inAll], [longest, level]]),
  ];
}

function functions({ sample }: TopState, columns: number): Line[] {
  const rows = (sample?.functions ?? []).toSorted((a, b) => b.total - a.total).slice(0, 8);
  if (rows.length === 0) return [];
  const isWide = columns >= 80;
  const width = Math.max(16, columns - 4 - (isWide ? 60 : 36));
  const numbers = (average: string, others: readonly string[], lost: string): string =>
    (isWide ? [...others, average, lost] : others).map((text) => fit(text, 12, 'right')).join('');
  return [
    EMPTY,
    [['Functions', 'bold'], [fit('', width - 7)], [numbers('mean', ['calls', 'in all', 'longest'], 'failed'), 'faint']],
    ...rows.map(
      (row): Line => [
        [`  ${fit(nameOf(row), width)}`],
        [
          numbers(
            mean(row.total, row.timed),
            [count(row.count), duration(row.total), duration(row.longest)],
            row.failed + row.cancelled === 0 ? '–' : count(row.failed + row.cancelled),
          ),
        ],
      ],
    ),
  ];
}

function keys({ asked, said, hello }: TopState): Line {
  if (asked !== undefined) {
    return [[`Cancel ${nameOf(asked)}, call ${asked.id} (${asked.state})? `, 'bold'], ['y: yes   n: no']];
  }
  if (said !== '') return [[printable(said), 'bold']];
  const cancel = hello?.mayCancel === true ? 'c: cancel it' : 'read only: without the token nothing is cancelled';
  return [[`↑ ↓: choose a call   ${cancel}   q: quit`, 'faint']];
}

function nameOf({ functionName }: CallRow | FunctionRow): string {
  return printable(functionName);
}

function levelOf(milliseconds: number): Style {
  if (milliseconds >= 100) return 'bad';
  return milliseconds >= 20 ? 'slow' : 'plain';
}
