/** More often than this costs more than it tells. */
const SHORTEST_MS = 5;

/** How often the loop of a watch with this threshold beats, in milliseconds. */
export function beatInterval(threshold: number): number {
  return Math.max(SHORTEST_MS, threshold / 2);
}
