/** A Markdown table that reads well on a terminal too: the first column to the left, the others to the right. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((text, column) => (column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** A figure with as many digits as it is good for. */
export function number(value: number): string {
  if (Math.abs(value) >= 100) return whole.format(value);
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}
