import assert from 'node:assert/strict';
import { Pinger } from '../ping/pinger.ts';
import { median, quantile } from '../statistics.mjs';
import { RunningApplication } from './application.ts';
import type { Installed } from './install.ts';
import type { Latency } from './results.ts';
import type { Story } from './story.ts';

export interface Plan {
  readonly rounds: number;
  /** Milliseconds. */
  readonly phase: number;
  readonly interval: number;
}

/** As many requests of the light page can wait at once. */
const CONNECTIONS = 256;

interface Measured {
  readonly application: RunningApplication;
  readonly pinger: Pinger;
  readonly light: number[][];
  readonly heavy: number[];
}

/**
 * All variants run all the time; in each round each has its turn, in another order, while the others have nothing to do.
 */
export async function measure(story: Story, installed: Installed, plan: Plan): Promise<Latency[]> {
  const all: Measured[] = [];
  try {
    for (const variant of installed.variants) {
      const application = await RunningApplication.start(story, installed, variant);
      const { interval } = plan;
      const url = application.origin + story.light;
      const pinger = await Pinger.start({ url, interval, connections: CONNECTIONS });
      all.push({ application, pinger, light: [], heavy: [] });
    }
    await compare(story, all);
    for (let round = 0; round < plan.rounds; round++) {
      for (const one of rotated(all, round)) await phase(story, one, plan.phase);
    }
  } finally {
    for (const { application, pinger } of all) {
      pinger.stop();
      await application.stop();
    }
  }
  return all.map(latencyOf);
}

/** That a change has changed nothing but the time; and everything is loaded and compiled then. */
async function compare(story: Story, all: readonly Measured[]): Promise<void> {
  let expected: string | undefined;
  for (const { application } of all) {
    await story.heavy(application);
    const answer = await story.heavy(application);
    expected ??= answer;
    assert.equal(answer, expected, `${story.name}: the answer differs after a change`);
  }
}

async function phase(story: Story, { application, pinger, light, heavy }: Measured, length: number): Promise<void> {
  const latencies = await pinger.during(async () => {
    const end = performance.now() + length;
    while (performance.now() < end) {
      const began = performance.now();
      await story.heavy(application);
      heavy.push(performance.now() - began);
    }
  });
  light.push(latencies);
}

function rotated<Item>(items: readonly Item[], by: number): Item[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}

function latencyOf({ light, heavy }: Measured): Latency {
  const all = light.flat();
  return {
    light: {
      count: all.length,
      p50: rounded(median(all)),
      p99: rounded(quantile(all, 0.99)),
      max: rounded(Math.max(...all)),
    },
    p99s: light.map((latencies) => rounded(quantile(latencies, 0.99))),
    heavy: { count: heavy.length, p50: rounded(median(heavy)) },
  };
}

const rounded = (milliseconds: number): number => Math.round(milliseconds * 10) / 10;
