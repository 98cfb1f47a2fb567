import type { ModeSummary } from './summary.ts';
import { milliseconds, times } from './words.ts';

/** The two modes side by side; the last column says how many times better the deferred one is. */
export function table(inline: ModeSummary, deferred: ModeSummary): string {
  const duration = (name: string, of: (mode: ModeSummary) => number): string[] => [
    name,
    milliseconds(of(inline)),
    milliseconds(of(deferred)),
    times(of(inline) / of(deferred)),
  ];
  const rows = [
    ['', 'inline', 'deferred', 'better by'],
    duration('/ping p50', (mode) => mode.ping.p50),
    duration('/ping p99', (mode) => mode.ping.p99),
    duration('/ping max', (mode) => mode.ping.max),
    [
      'work per second',
      inline.workPerSecond.toFixed(1),
      deferred.workPerSecond.toFixed(1),
      times(deferred.workPerSecond / inline.workPerSecond),
    ],
    duration('event-loop delay p50', (mode) => mode.loopDelay.p50),
    duration('event-loop delay p99', (mode) => mode.loopDelay.p99),
    duration('event-loop delay max', (mode) => mode.loopDelay.max),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('   ');
  const [head = [], ...body] = rows;
  return [line(head), '-'.repeat(line(head).length), ...body.map(line)].join('\n');
}
