import { count, duration, mean } from '../format.ts';
import type { FunctionRow, SlowCall } from '../sample.ts';
import { byId, element, setText, showList } from './dom.ts';

interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  /** By what a press on the title sorts, the most first. */
  readonly rank?: (row: Row) => number;
  readonly isNumber?: boolean;
  /** Left out where there is little room. */
  readonly isExtra?: boolean;
}

/** A table whose rows are sorted by a column that the reader chooses. */
class Table<Row> {
  readonly #columns: readonly Column<Row>[];
  readonly #key: (row: Row) => string;
  readonly #body: HTMLElement = element('tbody');
  readonly #nothing: HTMLElement;
  readonly #table: HTMLElement;
  readonly #heads: readonly HTMLElement[];
  #by: Column<Row>;
  #rows: readonly Row[] = [];

  constructor(
    place: HTMLElement,
    title: string,
    by: number,
    columns: readonly Column<Row>[],
    key: (row: Row) => string,
  ) {
    this.#columns = columns;
    this.#key = key;
    this.#by = columns[by] as Column<Row>;
    this.#heads = columns.map((column) => this.#head(column));
    const head = element('thead', {}, element('tr', {}, ...this.#heads));
    this.#table = element('table', { 'aria-labelledby': title }, head, this.#body);
    this.#nothing = element('p', { class: 'nothing' }, 'Nothing so far.');
    place.append(element('div', { class: 'scroll' }, this.#table), this.#nothing);
    this.show([]);
  }

  show(rows: readonly Row[]): void {
    this.#rows = rows;
    this.#table.hidden = rows.length === 0;
    this.#nothing.hidden = rows.length > 0;
    const { rank = () => 0 } = this.#by;
    for (const [index, column] of this.#columns.entries()) {
      if (column.rank !== undefined) {
        this.#heads[index]?.setAttribute('aria-sort', column === this.#by ? 'descending' : 'none');
      }
    }
    showList(
      this.#body,
      rows.toSorted((a, b) => rank(b) - rank(a)),
      {
        key: this.#key,
        make: () => element('tr', {}, ...this.#columns.map((column) => element('td', { class: classOf(column) }))),
        update: (made, row) => {
          for (const [index, { text }] of this.#columns.entries()) setText(made.children[index] as Node, text(row));
        },
      },
    );
  }

  #head(column: Column<Row>): HTMLElement {
    const { title, rank } = column;
    const head = element('th', { scope: 'col', class: classOf(column) });
    if (rank === undefined) {
      head.append(title);
    } else {
      const sort = (): void => {
        this.#by = column;
        this.show(this.#rows);
      };
      head.append(element('button', { type: 'button', click: sort }, title));
    }
    return head;
  }
}

/** The functions that were called most, or took most of the time. */
export function makeFunctionTable(): (rows: readonly FunctionRow[]) => void {
  const columns: Column<FunctionRow>[] = [
    { title: 'Function', text: ({ functionName }) => functionName },
    { title: 'Pool', text: ({ pool }) => pool, isExtra: true },
    { title: 'Calls', text: (row) => count(row.count), rank: (row) => row.count, isNumber: true },
    { title: 'In all', text: ({ total }) => duration(total), rank: ({ total }) => total, isNumber: true },
    { title: 'Mean', text: (row) => mean(row.total, row.timed), rank: meanOf, isNumber: true, isExtra: true },
    { title: 'Longest', text: ({ longest }) => duration(longest), rank: ({ longest }) => longest, isNumber: true },
    {
      title: 'Failed',
      text: (row) => lost(row),
      rank: (row) => row.failed + row.cancelled,
      isNumber: true,
      isExtra: true,
    },
  ];
  const key = (row: FunctionRow): string => `${row.pool} ${row.functionName}`;
  const table = new Table(byId('functions'), 'functions-title', 3, columns, key);
  return (rows) => table.show(rows);
}

/** The calls that took longest. */
export function makeSlowTable(): (rows: readonly SlowCall[]) => void {
  const columns: Column<SlowCall>[] = [
    { title: 'Function', text: ({ functionName }) => functionName },
    { title: 'Pool', text: ({ pool }) => pool, isExtra: true },
    { title: 'Ran', text: ({ runTime }) => duration(runTime), rank: ({ runTime }) => runTime, isNumber: true },
    { title: 'Waited', text: ({ waitTime }) => duration(waitTime), rank: ({ waitTime }) => waitTime, isNumber: true },
    { title: 'Ended', text: ({ ended }) => timeOf(ended), rank: ({ ended }) => ended, isNumber: true, isExtra: true },
    { title: 'Outcome', text: ({ outcome, error }) => (error === undefined ? outcome : `${outcome}: ${error}`) },
  ];
  const table = new Table(byId('slowest'), 'slowest-title', 2, columns, ({ id }) => String(id));
  return (rows) => table.show(rows);
}

function classOf({ isNumber, isExtra }: { isNumber?: boolean; isExtra?: boolean }): string {
  return [isNumber ? 'number' : '', isExtra ? 'extra' : ''].join(' ').trim();
}

function meanOf({ total, timed }: FunctionRow): number {
  return timed === 0 ? 0 : total / timed;
}

function lost({ failed, cancelled }: FunctionRow): string {
  return failed + cancelled === 0 ? '–' : count(failed + cancelled);
}

function timeOf(at: number): string {
  return new Date(at).toLocaleTimeString('en-GB', { hour12: false });
}
