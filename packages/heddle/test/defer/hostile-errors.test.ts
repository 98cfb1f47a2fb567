import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { CancelledError, Deferred, Failure, fail, inlineCallbacks, succeed } from 'heddle/defer';
import { coiterate } from 'heddle/task';
import { runProgram } from '../support/program.ts';

/** Throws whatever is asked of it. */
function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** Throws when it is asked for what it does not have. */
function strict(): Error {
  return new Proxy(new Error('strict'), {
    get: (error, key) => {
      if (key in error) return Reflect.get(error, key) as unknown;
      throw new Error(`it has no ${String(key)}`);
    },
  });
}

/** Throws when it is printed. */
class Unprintable extends Error {
  [Symbol.for('nodejs.util.inspect.custom')](): never {
    throw new Error('not to be printed');
  }
}

class Unreadable extends Error {
  override get message(): string {
    throw new Error('not to be read');
  }

  override get stack(): string {
    throw new Error('not to be read');
  }
}

const makes: readonly (() => unknown)[] = [revoked, strict, () => new Unprintable(), () => new Unreadable()];

suite('an error that throws when it is looked at', () => {
  test('goes to the next errback, whoever has thrown it', async () => {
    for (const make of makes) {
      const error = make();
      const throws = (): never => {
        throw error;
      };
      const failed: Deferred<unknown>[] = [
        fail(error),
        succeed().addCallback(throws),
        succeed()
          .addCallback(() => Promise.resolve())
          .addCallback(throws),
        Deferred.fromPromise(Promise.resolve().then(throws)),
        inlineCallbacks(function* () {
          yield* Deferred.fromPromise(Promise.resolve());
          throws();
        })(),
        coiterate(
          (function* () {
            yield;
            throws();
          })(),
        ),
      ];
      for (const deferred of failed) {
        // To resolve a promise with it would look at it.
        assert.equal(
          await new Promise((resolve) => deferred.addErrback(({ value }) => resolve(value === error))),
          true,
        );
      }
    }
  });

  test('is what a Deferred that is awaited rejects with', async () => {
    for (const make of makes) {
      const error = make();
      const deferred = new Deferred();
      const caught = deferred.then(undefined, (reason: unknown) => reason === error);
      deferred.errback(error);
      assert.equal(await caught, true);
    }
  });

  test('is no error of a class of the library', () => {
    for (const make of makes) assert.equal(make() instanceof CancelledError, false);
  });

  test('has some text, wherever a Failure gives one', () => {
    for (const make of makes) {
      const failure = new Failure(make());
      const texts = [
        failure.getErrorMessage(),
        failure.getTraceback(),
        failure.getBriefTraceback(),
        failure.toString(),
      ];
      for (const text of texts) assert.equal(typeof text, 'string');
    }
    assert.match(new Failure(new Unprintable('why')).getTraceback(), /why[^]*hostile-errors/);
    assert.match(new Failure(new Error('why', { cause: revoked() })).getTraceback(), /why[^]*hostile-errors/);
  });

  test('is reported where nobody handles it, and so are the failures after it', async () => {
    const ended = await runProgram(`
      import { fail } from 'heddle/defer';
      import { reactor } from 'heddle/reactor';
      class Unprintable extends Error {
        [Symbol.for('nodejs.util.inspect.custom')]() { throw new Error('not to be printed'); }
      }
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      reactor.callLater(0, () => { throw new Unprintable('of a call'); });
      globalThis.kept = [
        fail(new Unprintable('the first')), fail(proxy), fail(new Error('the third', { cause: proxy })), fail(new Error('the last')),
      ];
    `);
    for (const message of ['of a call', 'the first', 'the third', 'the last'])
      assert.ok(ended.stderr.includes(message));
    assert.equal(ended.stderr.match(/Unhandled failure in a Deferred/g)?.length, 4);
    assert.equal(ended.code, 1);
  });
});
