/** A duration for people: three digits are enough. */
export function milliseconds(value: number): string {
  if (Number.isNaN(value)) return '–';
  return `${value >= 100 ? Math.round(value) : Number(value.toPrecision(value >= 10 ? 3 : 2))} ms`;
}

/** How many times larger. */
export function times(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return `${value >= 10 ? Math.round(value) : value.toFixed(1)}x`;
}
