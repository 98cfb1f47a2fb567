import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Deferred, fail, succeed } from 'heddle/defer';
import { type CooperativeTask, SchedulerStopped, TaskStopped } from 'heddle/task';
import { HandTurned } from '../support/hand-turned.ts';
import { type End, ModelCooperator, type ModelTask, type Step } from './model-cooperator.ts';

/** The cooperator under test, with tasks that do as the model's. */
class Real {
  readonly hand = new HandTurned();
  readonly log: number[] = [];
  readonly ends: (End | undefined)[] = [];
  readonly #tasks: CooperativeTask[] = [];
  readonly #awaited: (Deferred<void> | undefined)[] = [];

  add(steps: readonly Step[], priority: number): void {
    const name = this.#tasks.length;
    const task = this.hand.cooperator.cooperate(this.#work(name, steps), { priority });
    this.#tasks.push(task);
    this.ends.push(undefined);
    task.whenDone().addBoth((result) => {
      assert.equal(this.ends[name], undefined, 'it ended twice');
      this.ends[name] = endOf(result);
    });
  }

  pause(name: number): void {
    this.#tasks[name]?.pause();
  }

  resume(name: number): void {
    this.#tasks[name]?.resume();
  }

  stop(name: number): void {
    this.#tasks[name]?.stop();
  }

  fire(name: number, succeeds: boolean): void {
    const awaited = this.#awaited[name];
    this.#awaited[name] = undefined;
    if (succeeds) awaited?.callback();
    else awaited?.errback(new RangeError('fired'));
  }

  *#work(name: number, steps: readonly Step[]): Generator<unknown, string> {
    for (const step of steps) {
      this.log.push(name);
      if (step === 'throw') throw new RangeError('thrown');
      if (step === 'pause itself') this.pause(name);
      if (step === 'stop itself') this.stop(name);
      yield this.#yielded(name, step);
    }
    this.log.push(name);
    return 'value';
  }

  #yielded(name: number, step: Step): unknown {
    if (step === 'fired') return succeed(1);
    if (step === 'failed') return fail(new RangeError('failed'));
    if (step !== 'wait') return undefined;
    this.#awaited[name] = new Deferred<void>();
    return this.#awaited[name];
  }
}

function endOf(result: unknown): End {
  if (result === 'value') return 'done';
  const { value } = result as { value: unknown };
  if (value instanceof RangeError) return 'failed';
  if (value instanceof TaskStopped) return 'stopped';
  assert.ok(value instanceof SchedulerStopped, String(value));
  return 'scheduler stopped';
}

function throws(f: () => void): boolean {
  try {
    f();
    return false;
  } catch {
    return true;
  }
}

type Action =
  | { readonly kind: 'add'; readonly steps: readonly Step[]; readonly priority: number }
  | { readonly kind: 'turns'; readonly count: number }
  | { readonly kind: 'pause' | 'resume' | 'stop'; readonly of: number }
  | { readonly kind: 'fire'; readonly of: number; readonly succeeds: boolean }
  | { readonly kind: 'stop all' | 'start' };

const step = fc.oneof(
  { arbitrary: fc.constant<Step>('yield'), weight: 12 },
  { arbitrary: fc.constantFrom<Step>('wait', 'fired'), weight: 4 },
  { arbitrary: fc.constantFrom<Step>('failed', 'throw', 'pause itself', 'stop itself'), weight: 1 },
);
const of = fc.nat({ max: 9 });
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    arbitrary: fc.record({
      kind: fc.constant('add' as const),
      steps: fc.array(step, { maxLength: 40, size: 'max' }),
      priority: fc.constantFrom(-1, 0, 0, 0, 0, 2),
    }),
    weight: 4,
  },
  { arbitrary: fc.record({ kind: fc.constant('turns' as const), count: fc.integer({ min: 1, max: 30 }) }), weight: 6 },
  { arbitrary: fc.record({ kind: fc.constantFrom('pause' as const, 'resume' as const), of }), weight: 4 },
  { arbitrary: fc.record({ kind: fc.constant('stop' as const), of }), weight: 1 },
  { arbitrary: fc.record({ kind: fc.constant('fire' as const), of, succeeds: fc.boolean() }), weight: 4 },
  {
    arbitrary: fc.record({ kind: fc.constantFrom('stop all' as const, 'start' as const, 'start' as const) }),
    weight: 1,
  },
);

/** Does the same to both, and tells whether both allow it. */
function act(model: ModelCooperator, real: Real, action: Action): void {
  switch (action.kind) {
    case 'add':
      model.add(action.steps, action.priority);
      real.add(action.steps, action.priority);
      return;
    case 'turns':
      for (let i = 0; i < action.count; i++) {
        assert.equal(real.hand.turn(), model.canTurn);
        model.turn();
      }
      return;
    case 'stop all':
      model.stopAll();
      real.hand.cooperator.stop();
      return;
    case 'start':
      model.start();
      real.hand.cooperator.start();
      return;
    default:
  }
  const task = model.tasks[action.of];
  if (task === undefined) return;
  if (action.kind === 'fire') {
    model.fire(task, action.succeeds);
    real.fire(action.of, action.succeeds);
  } else {
    assert.equal(
      throws(() => real[action.kind](action.of)),
      !model[action.kind](task),
      `${action.kind} of ${action.of}`,
    );
  }
}

test('random tasks that pause, resume, stop, wait, fail and throw do what the model says, step by step', (t) => {
  let steps = 0;
  fc.assert(
    fc.property(fc.array(action, { minLength: 10, maxLength: 80, size: 'max' }), (actions) => {
      const model = new ModelCooperator();
      const real = new Real();
      for (const one of actions) {
        act(model, real, one);
        assert.deepEqual(real.log, model.log);
        assert.deepEqual(
          real.ends,
          model.tasks.map(({ end }) => end),
        );
        assert.equal(real.hand.waiting, model.canTurn ? 1 : 0);
      }
      steps += real.log.length;
    }),
    { numRuns: 1_500 },
  );
  t.diagnostic(`${steps} steps`);
});

test('nobody starves: of n tasks that can go on, each has a step in 8 n turns, whatever their priorities', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 1, maxLength: 12 }),
      fc.array(fc.nat(), { minLength: 1, maxLength: 20 }),
      (priorities, pauses) => {
        const hand = new HandTurned();
        const last: number[] = [];
        let turn = 0;
        const tasks = priorities.map((priority, name) => {
          last.push(0);
          return hand.cooperator.cooperate(
            (function* () {
              for (;;) {
                last[name] = turn;
                yield;
              }
            })(),
            { priority },
          );
        });
        for (turn = 1; turn < 600; turn++) {
          // One of them is held for a moment now and then, and begins to wait anew.
          const held = (pauses[turn % pauses.length] as number) % (tasks.length * 5);
          if (tasks[held] !== undefined) {
            tasks[held].pause();
            tasks[held].resume();
            last[held] = turn;
          }
          assert.equal(hand.turn(), true);
          for (const since of last) assert.ok(turn - since <= 8 * tasks.length, `${turn - since} turns without a step`);
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('nothing of a task runs after it was stopped but its finally', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 10 }), fc.nat({ max: 7 }), (stops, steps) => {
      const hand = new HandTurned({ steps: steps + 1 });
      const stopped = new Set<number>();
      const closed = new Set<number>();
      const tasks = stops.map((_, name) =>
        hand.cooperator.cooperate(
          (function* () {
            try {
              for (;;) {
                assert.equal(stopped.has(name), false, `${name} runs on`);
                yield;
              }
            } finally {
              closed.add(name);
            }
          })(),
        ),
      );
      for (let turn = 0; turn <= 30; turn++) {
        for (const [name, at] of stops.entries()) {
          if (at !== turn) continue;
          tasks[name]?.stop();
          stopped.add(name);
        }
        hand.turn();
      }
      assert.equal(stopped.size, stops.length);
      // A generator that never began has nothing to close.
      for (const [name, at] of stops.entries()) if (at > stops.length) assert.ok(closed.has(name), `${name} at ${at}`);
      assert.equal(hand.waiting, 0);
    }),
    { numRuns: 200 },
  );
});

test('a model that is wrong is found out', () => {
  class Unfair extends ModelCooperator {
    override resume(task: ModelTask): boolean {
      return super.resume(task) && super.pause(task);
    }
  }
  assert.throws(() =>
    fc.assert(
      fc.property(fc.array(action, { minLength: 10, maxLength: 80, size: 'max' }), (actions) => {
        const model = new Unfair();
        const real = new Real();
        for (const one of actions) {
          act(model, real, one);
          assert.deepEqual(real.log, model.log);
        }
      }),
      { numRuns: 500 },
    ),
  );
});
