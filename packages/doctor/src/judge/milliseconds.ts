/** A measured time, in words. */
export function ms(value: number): string {
  if (value < 0.001) return 'less than 0.001 ms';
  return value >= 10 ? `${value.toFixed(0)} ms` : `${Number(value.toPrecision(2))} ms`;
}
