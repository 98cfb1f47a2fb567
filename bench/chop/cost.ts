import { cooperate } from 'heddle/task';
import { median } from '../statistics.mjs';

const STEPS = 1_000_000;
const ROUNDS = 15;

/** What a step costs, in nanoseconds, and how many times a bare one; medians of interleaved rounds. */
export interface StepCost {
  readonly bare: number;
  readonly one: number;
  readonly four: number;
  readonly oneOverBare: number;
  readonly fourOverBare: number;
}

function* steps(count: number): Generator<undefined> {
  for (let i = 0; i < count; i++) yield;
}

export async function measureCost(): Promise<StepCost> {
  const rounds: { bare: number; one: number; four: number }[] = [];
  for (let round = -3; round < ROUNDS; round++) {
    const bare = await time(() => {
      const generator = steps(STEPS);
      while (generator.next().done !== true);
    });
    const one = await time(() => cooperate(steps(STEPS)).whenDone());
    const four = await time(() => Promise.all(Array.from({ length: 4 }, () => cooperate(steps(STEPS / 4)).whenDone())));
    // The first rounds are for the compiler.
    if (round >= 0) rounds.push({ bare, one, four });
  }
  return {
    bare: median(rounds.map(({ bare }) => bare)),
    one: median(rounds.map(({ one }) => one)),
    four: median(rounds.map(({ four }) => four)),
    oneOverBare: median(rounds.map(({ bare, one }) => one / bare)),
    fourOverBare: median(rounds.map(({ bare, four }) => four / bare)),
  };
}

async function time(work: () => unknown): Promise<number> {
  const started = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - started) / STEPS;
}
