// For the page and for `top`.

/** Milliseconds as a person reads them: three digits at most, in the unit that fits. */
export function duration(milliseconds: number): string {
  if (milliseconds < 0.001) return '0 ms';
  if (milliseconds < 1) return `${threeDigits(milliseconds * 1000)} µs`;
  if (milliseconds < 999.5) return `${threeDigits(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 99.95) return `${threeDigits(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** What each of so many took on the average, of which all took so many milliseconds. */
export function mean(total: number, times: number): string {
  return times === 0 ? '–' : duration(total / times);
}

/** A count with its thousands set apart; long ones shortened. */
export function count(value: number): string {
  if (value < 1_000_000) return value.toLocaleString('en-US');
  return value < 1e9 ? `${threeDigits(value / 1e6)} M` : `${threeDigits(value / 1e9)} G`;
}

/** A part from 0 to 1. */
export function percent(part: number): string {
  return part > 0 && part < 0.01 ? '< 1 %' : `${Math.round(part * 100)} %`;
}

/** @param one "call", @param many "calls" */
export function plural(value: number, one: string, many: string = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/**
 * The time within which a part of calls was done, by the counts of buckets of 1 µs, 2 µs, 4 µs and so on, the last of
 * which has no bound: in words, that of the bucket; undefined where nothing was counted.
 */
export function quantileOf(counts: readonly number[], part: number): string | undefined {
  const all = counts.reduce((sum, value) => sum + value, 0);
  if (all === 0) return undefined;
  let soFar = 0;
  const index = counts.findIndex((value) => (soFar += value) >= all * part);
  const isOpen = index === counts.length - 1;
  return isOpen ? `${duration(2 ** (index - 1) / 1000)} or more` : duration(2 ** index / 1000);
}

function threeDigits(value: number): string {
  if (value >= 99.5) return String(Math.round(value));
  return value >= 9.95 ? value.toFixed(1).replace(/\.0$/, '') : value.toFixed(2).replace(/\.?0+$/, '');
}
