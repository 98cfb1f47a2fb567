import type { Compared, PeerResult } from '../comparison.ts';
import { IN_FLIGHT } from '../measure.ts';

const thousands = new Intl.NumberFormat('en-US');

/** The comparison as a Markdown table, which reads well on a terminal too. */
export function table(results: readonly PeerResult[]): string {
  const head = ['', 'round trip, p50', ...IN_FLIGHT.map((inFlight) => `calls/s, ${inFlight} in flight`)];
  const rows = results.map(({ name, version, roundTrip, callsPerSecond }) => [
    `${name} ${version}`,
    cell(`${roundTrip.value.toFixed(1)} µs`, roundTrip),
    ...Object.values(callsPerSecond).map((rate) => cell(thousands.format(rate.value), rate)),
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((text, column) => (column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

function cell(value: string, { heddleBetterBy }: Compared): string {
  return `${value} (${heddleBetterBy.toFixed(2)}x)`;
}
