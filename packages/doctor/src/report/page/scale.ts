/** Round numbers from 0 to at least `most`, about as many as are asked for. */
export function ticks(most: number, count: number): number[] {
  if (most <= 0) return [0];
  const rough = most / Math.max(1, count);
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * magnitude).find((size) => size >= rough) ?? rough;
  const found: number[] = [];
  for (let tick = 0; tick < most + step; tick += step) found.push(Math.round(tick * 1000) / 1000);
  return found;
}
