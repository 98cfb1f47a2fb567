import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { suite, test } from 'node:test';
import {
  CancelledError,
  Deferred,
  Failure,
  fail,
  InvalidArgumentError,
  inlineCallbacks,
  NotACoroutineError,
  succeed,
} from 'heddle/defer';
import { failureResultOf } from 'heddle/testing';
import { runProgram } from '../support/program.ts';
import { errorOf, outcome } from '../support/outcome.ts';

suite('inlineCallbacks runs a generator function', () => {
  test('at once up to the first Deferred without a result', () => {
    const seen: string[] = [];
    const gate = new Deferred<string>();
    const f = inlineCallbacks(function* () {
      seen.push('called');
      seen.push(yield* succeed('first'));
      seen.push(yield* gate);
    });
    const result = f();
    assert.deepEqual(seen, ['called', 'first']);
    assert.equal(outcome(result), 'no result yet');
    gate.callback('second');
    assert.deepEqual(seen, ['called', 'first', 'second']);
    assert.deepEqual(outcome(result), { value: undefined });
  });

  test('and goes on before the call that fires the Deferred returns', () => {
    const gate = new Deferred<number>();
    const result = inlineCallbacks(function* () {
      return (yield* gate) * 2;
    })();
    gate.callback(21);
    assert.deepEqual(outcome(result), { value: 42 });
  });

  test('with the arguments and the `this` of the call', () => {
    class Account {
      balance = 10;
      add = inlineCallbacks(function* (this: Account, amount: number, factor: number) {
        this.balance += (yield* succeed(amount)) * factor;
        return this.balance;
      });
    }
    assert.deepEqual(outcome(new Account().add(3, 2)), { value: 16 });
  });

  test('and keeps its name and its number of parameters', () => {
    const f = inlineCallbacks(function* fetchPage(_url: string, _limit: number) {});
    assert.equal(f.name, 'fetchPage');
    assert.equal(f.length, 2);
  });

  test('anew for each call', () => {
    const gates = { a: new Deferred<string>(), b: new Deferred<string>() };
    const f = inlineCallbacks(function* (gate: Deferred<string>) {
      return yield* gate;
    });
    const a = f(gates.a);
    const b = f(gates.b);
    gates.b.callback('b');
    assert.equal(outcome(a), 'no result yet');
    assert.deepEqual(outcome(b), { value: 'b' });
    gates.a.callback('a');
    assert.deepEqual(outcome(a), { value: 'a' });
  });
});

suite('The Deferred of inlineCallbacks', () => {
  test('fires with undefined where the generator returns nothing', () => {
    const result = inlineCallbacks(function* () {
      yield* succeed(1);
    })();
    assert.deepEqual(outcome(result), { value: undefined });
  });

  test('fires with what a generator returns that has not come to a yield', () => {
    const result = inlineCallbacks(function* (waits: boolean) {
      if (waits) yield* new Deferred<void>();
      return 'at once';
    })(false);
    assert.deepEqual(outcome(result), { value: 'at once' });
  });

  test('fails with what the generator throws, before or after it has waited', () => {
    const early = new Error('early');
    const late = new Error('late');
    const gate = new Deferred<void>();
    const f = inlineCallbacks(function* (wait: boolean) {
      if (!wait) throw early;
      yield* gate;
      throw late;
    });
    assert.equal(errorOf(f(false)), early);
    const waiting = f(true);
    gate.callback();
    assert.equal(errorOf(waiting), late);
  });

  test('fails with the error itself where the generator throws or returns a Failure', () => {
    const error = new Error('wrapped');
    const throws = inlineCallbacks(function* () {
      yield* succeed();
      throw new Failure(error);
    });
    const returns = inlineCallbacks(function* () {
      yield* succeed();
      return new Failure(error);
    });
    assert.equal(errorOf(throws()), error);
    assert.equal(errorOf(returns()), error);
  });

  test('fails with any value that is thrown, undefined too', () => {
    const f = inlineCallbacks(function* () {
      yield* succeed();
      throw undefined;
    });
    assert.deepEqual(outcome(f()), { error: undefined });
  });

  test('waits for a Deferred that the generator returns', () => {
    const inner = new Deferred<number>();
    const result = inlineCallbacks(function* () {
      yield* succeed();
      return inner;
    })();
    assert.equal(outcome(result), 'no result yet');
    inner.callback(5);
    assert.deepEqual(outcome(result), { value: 5 });
  });

  test('waits for a promise that the generator returns', async () => {
    const f = inlineCallbacks(function* () {
      yield* succeed();
      return Promise.resolve('promised');
    });
    assert.equal(await f(), 'promised');
  });

  test('cancels a Deferred that the generator has returned', () => {
    let cancelled = 0;
    const result = inlineCallbacks(function* () {
      yield* succeed();
      return new Deferred<void>(() => cancelled++);
    })();
    result.cancel();
    assert.equal(cancelled, 1);
    assert.ok(errorOf(result) instanceof CancelledError);
  });

  test('gives back a generator that is returned, and does not run it', () => {
    const inner = (function* () {
      yield 1;
    })();
    const result = inlineCallbacks(function* () {
      yield* succeed();
      return inner;
    })();
    assert.deepEqual(outcome(result), { value: inner });
  });
});

suite('yield', () => {
  test('gives the value of a Deferred, a promise or another generator', async () => {
    const inner = function* (): Generator<Deferred<number>, number, unknown> {
      return (yield* succeed(20)) + 1;
    };
    const f = inlineCallbacks(function* () {
      const seen: unknown[] = [];
      seen.push(yield succeed('deferred'));
      seen.push(yield Promise.resolve('promise'));
      seen.push(yield inner());
      seen.push(yield* inner());
      return seen;
    });
    assert.deepEqual(await f(), ['deferred', 'promise', 21, 21]);
  });

  test('gives any other value back at once', () => {
    const list = [succeed(1)];
    const result = inlineCallbacks(function* () {
      return [yield 'text', yield undefined, yield null, yield list];
    })();
    assert.deepEqual(outcome(result), { value: ['text', undefined, null, list] });
  });

  test('throws the error of a failed Deferred or promise, which may be caught', async () => {
    const error = new Error('no');
    const f = inlineCallbacks(function* () {
      const caught: unknown[] = [];
      for (const awaited of [fail(error), Promise.reject(error), new Failure(error)]) {
        try {
          yield awaited;
        } catch (thrown) {
          caught.push(thrown);
        }
      }
      return caught;
    });
    assert.deepEqual(await f(), [error, error, error]);
  });

  test('throws the error of a Deferred that fails later', () => {
    const gate = new Deferred<string>();
    const result = inlineCallbacks(function* () {
      try {
        return yield* gate;
      } catch (error) {
        return `caught ${String(error)}`;
      }
    })();
    gate.errback(new RangeError('far'));
    assert.deepEqual(outcome(result), { value: 'caught RangeError: far' });
  });

  test('passes an error on that is not caught', () => {
    const error = new Error('not caught');
    const result = inlineCallbacks(function* () {
      yield* fail(error);
    })();
    assert.equal(errorOf(result), error);
  });

  test('throws what reading a broken thenable throws', () => {
    const error = new Error('no then for you');
    const broken = Object.defineProperty({}, 'then', {
      get: () => {
        throw error;
      },
    });
    const result = inlineCallbacks(function* () {
      yield broken;
    })();
    assert.equal(errorOf(result), error);
  });

  test('only looks: the same Deferred gives its value twice, and to others as well', () => {
    const gate = new Deferred<string>();
    const f = inlineCallbacks(function* () {
      return [yield* gate, yield* gate];
    });
    const results = [f(), f()];
    gate.callback('kept');
    assert.deepEqual(results.map(outcome), [{ value: ['kept', 'kept'] }, { value: ['kept', 'kept'] }]);
    assert.deepEqual(outcome(gate), { value: 'kept' });
  });

  test('sees the result as it is at that place of the chain', () => {
    const gate = new Deferred<number>();
    gate.addCallback((n) => n + 1);
    const result = inlineCallbacks(function* () {
      return yield* gate;
    })();
    gate.addCallback((n) => n * 100);
    gate.callback(1);
    assert.deepEqual(outcome(result), { value: 2 });
    assert.deepEqual(outcome(gate), { value: 200 });
  });

  test('waits for a Deferred that is paused, or whose chain waits for another', () => {
    const paused = succeed('a');
    paused.pause();
    const inner = new Deferred<string>();
    const chained = succeed().addCallback(() => inner);
    const result = inlineCallbacks(function* () {
      return (yield* paused) + (yield* chained);
    })();
    assert.equal(outcome(result), 'no result yet');
    paused.unpause();
    assert.equal(outcome(result), 'no result yet');
    inner.callback('b');
    assert.deepEqual(outcome(result), { value: 'ab' });
  });

  test('runs the callbacks that were added to the Deferred after it, in their order', () => {
    const seen: string[] = [];
    const gate = new Deferred<void>();
    gate.addCallback(() => seen.push('before'));
    inlineCallbacks(function* () {
      yield* gate;
      seen.push('generator');
    })();
    gate.addCallback(() => seen.push('after'));
    gate.callback();
    assert.deepEqual(seen, ['before', 'generator', 'after']);
  });

  test('of 100,000 Deferreds that have fired, or fire while it waits, does not grow the stack', () => {
    const count = 100_000;
    const fired = inlineCallbacks(function* () {
      let sum = 0;
      for (let i = 0; i < count; i++) sum += yield* succeed(1);
      return sum;
    });
    assert.deepEqual(outcome(fired()), { value: count });

    const gate = new Deferred<number>();
    const same = inlineCallbacks(function* () {
      let sum = 0;
      for (let i = 0; i < count; i++) sum += yield* gate;
      return sum;
    })();
    gate.callback(1);
    assert.deepEqual(outcome(same), { value: count });
  });
});

suite('A row of 20,000 generators, each of which waits for the one before', () => {
  /** The first Deferred of the row, and the last. */
  function row(
    pass: (before: Deferred<number>) => Deferred<number>,
  ): [first: Deferred<number>, last: Deferred<number>] {
    const first = new Deferred<number>();
    let last = first;
    for (let i = 0; i < 20_000; i++) last = pass(last);
    return [first, last];
  }

  test('passes a value through without growing the stack', () => {
    const [first, last] = row(
      inlineCallbacks(function* (before: Deferred<number>) {
        return (yield* before) + 1;
      }),
    );
    first.callback(0);
    assert.deepEqual(outcome(last), { value: 20_000 });
  });

  test('passes an error through without growing the stack', () => {
    const error = new Error('no');
    const [first, last] = row(
      inlineCallbacks(function* (before: Deferred<number>) {
        return yield* before;
      }),
    );
    first.errback(error);
    assert.equal(errorOf(last), error);
  });

  test('passes on what they return instead of waiting for it', () => {
    const [first, last] = row(
      inlineCallbacks(function* (before: Deferred<number>) {
        yield* succeed();
        return before;
      }),
    );
    first.callback(7);
    assert.deepEqual(outcome(last), { value: 7 });
  });
});

suite('A generator that ends', () => {
  test('has fired its Deferred when the call returns that let it go on, also inside another generator', () => {
    const inner = new Deferred<number>();
    const waits = inlineCallbacks(function* () {
      return (yield* inner) + 1;
    })();
    const outerGate = new Deferred<void>();
    const result = inlineCallbacks(function* () {
      yield* outerGate;
      inner.callback(1);
      return outcome(waits);
    })();
    outerGate.callback();
    assert.deepEqual(outcome(result), { value: { value: 2 } });
  });

  test('runs the chain of its Deferred before the callbacks that come after it', () => {
    const seen: string[] = [];
    const gate = new Deferred<void>();
    inlineCallbacks(function* () {
      yield* gate;
    })().addCallback(() => seen.push('of the generator'));
    gate.addCallback(() => seen.push('of the gate'));
    gate.callback();
    assert.deepEqual(seen, ['of the generator', 'of the gate']);
  });
});

suite('A failure of inlineCallbacks', () => {
  test('that nobody takes is reported, whether it comes at once or later', async () => {
    const { stderr, code } = await runProgram(`
      import { Deferred, inlineCallbacks } from 'heddle/defer';
      const gate = new Deferred();
      const f = inlineCallbacks(function* (wait, text) {
        if (wait) yield gate;
        throw new Error(text);
      });
      f(false, 'at once');
      f(true, 'later');
      gate.callback();
    `);
    assert.match(stderr, /Error: at once/);
    assert.match(stderr, /Error: later/);
    assert.equal(code, 1);
  });

  test('counts as handled where a generator has caught it', async () => {
    const program = `
      import { Deferred, fail, inlineCallbacks } from 'heddle/defer';
      const gate = new Deferred();
      inlineCallbacks(function* () {
        for (const failing of [fail(new Error('early')), gate]) {
          try {
            yield failing;
          } catch {}
        }
      })();
      gate.errback(new Error('late'));
    `;
    assert.deepEqual(await runProgram(program), { code: 0, stdout: '', stderr: '' });
  });
});

suite('A function of inlineCallbacks', () => {
  test('throws a NotACoroutineError that names the function where it gives no generator', () => {
    const notAGenerator = function answer() {
      return 42;
    } as unknown as () => Generator<unknown, number, unknown>;
    assert.throws(inlineCallbacks(notAGenerator), {
      name: 'NotACoroutineError',
      code: 'HEDDLE_NOT_A_COROUTINE',
      message: /^answer\(\) gave 42, but inlineCallbacks\(\) needs a generator function/,
    });
  });

  test('throws it for an async function and an async generator function as well', () => {
    const asyncFunction = async function load() {} as unknown as () => Generator<unknown, void, unknown>;
    const asyncGenerator = async function* pages() {} as unknown as () => Generator<unknown, void, unknown>;
    assert.throws(inlineCallbacks(asyncFunction), NotACoroutineError);
    assert.throws(inlineCallbacks(asyncFunction), TypeError);
    assert.throws(inlineCallbacks(asyncGenerator), NotACoroutineError);
  });

  test('leaves the others unharmed when its Deferred was fired from outside', (t) => {
    const logged = t.mock.method(console, 'error', () => {});
    const gate = new Deferred<void>();
    const f = inlineCallbacks(function* () {
      yield* gate;
    });
    const [first, second] = [f(), f()];
    first.callback();
    gate.callback();
    assert.deepEqual(outcome(second), { value: undefined });
    assert.equal(logged.mock.callCount(), 1);
  });
});

suite('The async context in a generator', () => {
  const storage = new AsyncLocalStorage<string>();

  test('is that of the call, wherever the Deferred is fired', () => {
    const first = new Deferred<void>();
    const second = new Deferred<void>();
    const seen: unknown[] = [];
    const f = inlineCallbacks(function* () {
      seen.push(storage.getStore());
      yield* first;
      seen.push(storage.getStore());
      yield* second;
      seen.push(storage.getStore());
    });
    storage.run('caller', f);
    storage.run('elsewhere', () => first.callback());
    second.callback();
    assert.deepEqual(seen, ['caller', 'caller', 'caller']);
  });

  test('keeps what the generator enters, which does not leak to the caller or to who fires', () => {
    const gate = new Deferred<void>();
    const seen: unknown[] = [];
    const f = inlineCallbacks(function* () {
      storage.enterWith('entered');
      yield* gate;
      seen.push(storage.getStore());
      storage.enterWith('entered again');
      yield* succeed();
      seen.push(storage.getStore());
    });
    storage.run('caller', () => {
      f();
      assert.equal(storage.getStore(), 'caller');
    });
    storage.run('elsewhere', () => {
      gate.callback();
      assert.equal(storage.getStore(), 'elsewhere');
    });
    assert.deepEqual(seen, ['entered', 'entered again']);
  });

  test('of an outer generator is not changed by an inner one', () => {
    const inner = inlineCallbacks(function* () {
      storage.enterWith('inner');
      yield* succeed();
    });
    const seen = storage.run('outer', () =>
      outcome(
        inlineCallbacks(function* () {
          yield* inner();
          return storage.getStore();
        })(),
      ),
    );
    assert.deepEqual(seen, { value: 'outer' });
  });
});

suite('a coroutine that would wait for its own Deferred', () => {
  const refused = { name: 'InvalidArgumentError', message: /^A coroutine waits for its own Deferred/ };

  test('is told so where it waits, and may go on', () => {
    const gate = new Deferred<void>();
    const seen: unknown[] = [];
    const own: Deferred<string> = inlineCallbacks(function* () {
      yield* gate;
      try {
        yield own;
      } catch (error) {
        seen.push(error);
      }
      return 'done';
    })();
    gate.callback();
    assert.deepEqual(outcome(own), { value: 'done' });
    assert.throws(() => {
      throw seen[0];
    }, refused);
  });

  test('fails where it returns that', () => {
    const gate = new Deferred<void>();
    const own: Deferred<unknown> = inlineCallbacks(function* () {
      yield* gate;
      return own as unknown;
    })();
    gate.callback();
    assert.throws(() => {
      throw errorOf(own);
    }, refused);
  });
});

test('what only looks like a generator, and gives steps that are none, fails the Deferred', () => {
  const broken = {
    get done(): never {
      throw new RangeError('mine');
    },
  };
  for (const step of [undefined, 5, broken]) {
    const awaited = new Deferred<number>();
    const given: unknown[] = [{ done: false, value: awaited }, step];
    const generator = {
      next: () => given.shift(),
      throw: () => undefined,
      [Symbol.iterator]: () => generator,
    };
    const d = Deferred.fromCoroutine(generator as unknown as Generator<unknown, string>);
    awaited.callback(1);
    const { value } = failureResultOf(d);
    assert.ok(step === broken ? value instanceof RangeError : value instanceof InvalidArgumentError, String(value));
    failureResultOf(
      Deferred.fromCoroutine({ ...generator, next: () => step } as unknown as Generator<unknown, string>),
    );
  }
});
