import { LoopingCall } from 'heddle/task';
import { median } from '../statistics.mjs';

const TICKS = 10_000;
const INTERVAL = 1;
const PART = 1_000;

/** How late ticks were, in milliseconds, against start + k·interval: medians of the first and of the last thousand. */
export interface Drift {
  readonly way: string;
  readonly first: number;
  readonly last: number;
}

/** 10,000 ticks a millisecond apart by the real clock: a LoopingCall, a chain of timeouts, setInterval. */
export async function measureDrift(): Promise<Drift[]> {
  return [await loop(), await timeouts(), await interval()];
}

async function loop(): Promise<Drift> {
  const lateness: number[] = [];
  let boundary = 0;
  const call = LoopingCall.withCount((count) => {
    boundary += count;
    lateness.push(call.clock.now() - (call.startTime ?? 0) - boundary * INTERVAL);
    if (boundary >= TICKS) call.stop();
  });
  await call.start(INTERVAL, { now: false });
  return of('LoopingCall', lateness);
}

function timeouts(): Promise<Drift> {
  const lateness: number[] = [];
  const start = performance.now();
  return new Promise((resolve) => {
    const tick = (): void => {
      lateness.push(performance.now() - start - (lateness.length + 1) * INTERVAL);
      if (lateness.length === TICKS) resolve(of('setTimeout, again and again', lateness));
      else setTimeout(tick, INTERVAL);
    };
    setTimeout(tick, INTERVAL);
  });
}

function interval(): Promise<Drift> {
  const lateness: number[] = [];
  const start = performance.now();
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      lateness.push(performance.now() - start - (lateness.length + 1) * INTERVAL);
      if (lateness.length < TICKS) return;
      clearInterval(timer);
      resolve(of('setInterval', lateness));
    }, INTERVAL);
  });
}

function of(way: string, lateness: readonly number[]): Drift {
  return { way, first: median(lateness.slice(0, PART)), last: median(lateness.slice(-PART)) };
}
