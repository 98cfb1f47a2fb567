/**
 * The processor time that each turn of the loop takes, in milliseconds, while `work` runs. On a busy machine others come
 * between, which is in the time on the clock but not in this.
 */
export async function processorTimeOfTurns(work: () => unknown): Promise<number[]> {
  const turns: number[] = [];
  let before = process.threadCpuUsage();
  let next = setImmediate(tick);
  function tick(): void {
    const { user, system } = process.threadCpuUsage(before);
    before = process.threadCpuUsage();
    turns.push((user + system) / 1_000);
    next = setImmediate(tick);
  }
  await work();
  clearImmediate(next);
  return turns;
}
