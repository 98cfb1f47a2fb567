// What it costs a program to leave a dashboard on that nobody looks at: calls with and without it take turns.
import { serveDashboard } from '@heddle/doctor';
import { reactor, ThreadPool } from 'heddle';
import { median } from './statistics.mjs';

const ROUNDS = 30;
const ROUND_MS = 150;

const pool = new ThreadPool({ max: 1 });

/** Makes calls for a while, so many at a time. @returns microseconds of this thread's processor time a call */
async function round(inFlight: number): Promise<number> {
  const end = performance.now() + ROUND_MS;
  const before = process.threadCpuUsage();
  let calls = 0;
  const go = async (): Promise<void> => {
    while (performance.now() < end) {
      await pool.defer(Math.max, 1, 2);
      calls++;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, go));
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / calls;
}

for (const inFlight of [1, 100]) {
  await round(inFlight);
  const without: number[] = [];
  const withIt: number[] = [];
  for (let n = 0; n < ROUNDS; n++) {
    without.push(await round(inFlight));
    const dashboard = await serveDashboard(reactor);
    await round(inFlight);
    withIt.push(await round(inFlight));
    await dashboard.stop();
  }
  const [off, on] = [median(without), median(withIt)];
  console.log(
    `${inFlight} in flight: ${off.toFixed(2)} µs of the loop's time a call without, ${on.toFixed(2)} µs with a dashboard (${(on - off).toFixed(2)} µs)`,
  );
}
await pool.stop();
