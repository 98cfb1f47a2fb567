import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { Deferred, Failure, setUnhandledFailurePolicy } from 'heddle/defer';
import { ModelDeferred, ModelFailure, ModelPromise } from './model-deferred.ts';

const DEFERREDS = 5;

type Outcome =
  | { readonly gives: 'value' | 'error' | 'failure' | 'promise' | 'rejection'; readonly with: number }
  | { readonly gives: 'deferred'; readonly with: number }
  | { readonly gives: 'same' };

interface Action {
  readonly does:
    | 'addCallback'
    | 'addErrback'
    | 'addBoth'
    | 'callback'
    | 'errback'
    | 'cancel'
    | 'pause'
    | 'unpause'
    | 'turn';
  /** Which of the Deferreds. */
  readonly on: number;
  /** What the function that is added does when it is called, and what it gives. */
  readonly actions: readonly Action[];
  readonly outcome: Outcome;
}

/** Whether a Deferred has a canceller, and what that one does. */
type Cancelling = 'none' | 'silent' | 'value' | 'error';

const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  fc.record({
    gives: fc.constantFrom('value', 'error', 'failure', 'promise', 'rejection'),
    with: fc.integer({ min: 0, max: 9 }),
  }),
  fc.record({ gives: fc.constant('deferred' as const), with: fc.nat({ max: DEFERREDS - 1 }) }),
  fc.constant({ gives: 'same' as const }),
);

const actions: fc.Arbitrary<Action[]> = fc.letrec<{ action: Action; actions: Action[] }>((tie) => ({
  action: fc.record({
    does: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom('addCallback', 'addErrback', 'addBoth') },
      { weight: 3, arbitrary: fc.constantFrom('callback', 'errback') },
      { weight: 2, arbitrary: fc.constantFrom('cancel', 'pause', 'unpause', 'turn') },
    ) as fc.Arbitrary<Action['does']>,
    on: fc.nat({ max: DEFERREDS - 1 }),
    actions: fc.oneof({ depthSize: 'small' }, fc.constant([]), tie('actions')),
    outcome,
  }),
  actions: fc.array(tie('action'), { maxLength: 12 }),
})).actions;

/** The part of a Deferred that a program of actions uses; the model has it, too. */
interface Chain {
  addCallback(f: (result: unknown) => unknown): unknown;
  addErrback(f: (result: unknown) => unknown): unknown;
  addBoth(f: (result: unknown) => unknown): unknown;
  callback(value: unknown): void;
  errback(error: unknown): void;
  cancel(): void;
  pause(): void;
  unpause(): void;
}

interface World {
  make(canceller: ((deferred: Chain) => void) | undefined): Chain;
  failure(value: number): unknown;
  promise(value: number): unknown;
  rejection(value: number): unknown;
  turn(): Promise<void> | void;
}

const real: World = {
  make: (canceller) => new Deferred<unknown>(canceller),
  failure: (value) => new Failure(value),
  promise: (value) => Promise.resolve(value),
  rejection: (value) => Promise.reject(value),
  turn: () => setImmediate(),
};

const model: World = {
  make: (canceller) => new ModelDeferred(canceller),
  failure: (value) => new ModelFailure(value),
  promise: (value) => new ModelPromise(value),
  rejection: (value) => new ModelPromise(new ModelFailure(value)),
  turn: () => ModelPromise.settleAll(),
};

/** One value or error in words that are the same for both worlds. */
function inWords(result: unknown): string {
  if (result instanceof Failure || result instanceof ModelFailure) return `failure ${inWords(result.value)}`;
  return result instanceof Error ? result.name : String(result);
}

/** Runs the program and writes down every call of a callback, every error thrown at the program, every result. */
async function logOf(world: World, cancellers: readonly Cancelling[], program: readonly Action[]): Promise<string[]> {
  const log: string[] = [];
  const deferreds = cancellers.map((cancelling, i) =>
    world.make(cancelling === 'none' ? undefined : (deferred) => onCancel(deferred, cancelling, i)),
  );
  let added = 0;

  function onCancel(deferred: Chain, cancelling: Cancelling, i: number): void {
    log.push(`canceller ${i}`);
    if (cancelling === 'value') deferred.callback('partial');
    if (cancelling === 'error') deferred.errback('stopped');
  }

  function give(what: Outcome, result: unknown): unknown {
    if (what.gives === 'same') return result;
    if (what.gives === 'value') return what.with;
    if (what.gives === 'error') throw what.with;
    if (what.gives === 'deferred') return deferreds[what.with];
    return world[what.gives](what.with);
  }

  function act(action: Action): void {
    const deferred = deferreds[action.on] as Chain;
    const { does } = action;
    try {
      if (does === 'callback' || does === 'errback') {
        deferred[does](`by ${action.on}`);
      } else if (does === 'cancel' || does === 'pause' || does === 'unpause') {
        deferred[does]();
      } else if (does !== 'turn') {
        const number = added++;
        deferred[does]((result: unknown) => {
          log.push(`${does} ${number} of ${action.on} got ${inWords(result)}`);
          for (const inner of action.actions) act(inner);
          return give(action.outcome, result);
        });
      }
    } catch (error) {
      const name = error instanceof Error && error.name === 'Error' ? error.message : (error as Error).name;
      log.push(`${does} on ${action.on} threw ${name}`);
    }
  }

  for (const action of program) {
    act(action);
    if (action.does === 'turn') await world.turn();
  }
  await world.turn();
  for (const [i, deferred] of deferreds.entries()) {
    deferred.addBoth((result) => {
      log.push(`${i} ended with ${inWords(result)}`);
    });
  }
  return log;
}

suite('Deferreds in random programs', () => {
  // Random programs leave failures behind, of which nobody needs to hear, now or at the end of the process.
  before(() => void setUnhandledFailurePolicy(() => undefined));

  const cancellers = fc.array(fc.constantFrom<Cancelling>('none', 'silent', 'value', 'error'), {
    minLength: DEFERREDS,
    maxLength: DEFERREDS,
  });

  test('call the same callbacks in the same order with the same results as the plain model', async () => {
    await fc.assert(
      fc.asyncProperty(cancellers, actions, async (kinds, program) => {
        assert.deepEqual(await logOf(real, kinds, program), await logOf(model, kinds, program));
      }),
      { numRuns: 2000 },
    );
  });

  test('run every callback at most once, and those of one Deferred in the order in which they were added', async () => {
    await fc.assert(
      fc.asyncProperty(cancellers, actions, async (kinds, program) => {
        const runs = (await logOf(real, kinds, program)).flatMap((line) => {
          const match = / (?<number>\d+) of (?<on>\d) got/.exec(line)?.groups;
          return match === undefined ? [] : [{ number: Number(match['number']), on: match['on'] }];
        });
        assert.equal(new Set(runs.map(({ number }) => number)).size, runs.length);
        for (const { on } of runs) {
          const numbers = runs.filter((run) => run.on === on).map(({ number }) => number);
          assert.deepEqual(
            numbers,
            numbers.toSorted((a, b) => a - b),
          );
        }
      }),
      { numRuns: 500 },
    );
  });
});
