import assert from 'node:assert/strict';
import { afterEach, suite, test } from 'node:test';
import { inspect } from 'node:util';
import {
  AlreadyCalledError,
  Deferred,
  fail,
  gatherResults,
  getDebugging,
  inlineCallbacks,
  setDebugging,
  succeed,
} from 'heddle/defer';
import { runProgram } from '../support/program.ts';

function makeIt(): Deferred<number> {
  return new Deferred<number>();
}

function fireIt(d: Deferred<number>): void {
  d.callback(1);
}

function messageOfSecondFiring(d: Deferred<number>): string {
  try {
    d.callback(2);
  } catch (error) {
    assert.ok(error instanceof AlreadyCalledError);
    return error.message;
  }
  return assert.fail('the second firing did not throw');
}

suite('debug mode', () => {
  afterEach(() => setDebugging(false));

  test('is off until it is turned on, by function or by property', () => {
    assert.equal(getDebugging(), false);
    setDebugging(true);
    assert.equal(Deferred.debug, true);
    Deferred.debug = false;
    assert.equal(getDebugging(), false);
  });

  test('tells in AlreadyCalledError where the Deferred was made and where it was fired first', () => {
    setDebugging(true);
    const d = makeIt();
    fireIt(d);
    const message = messageOfSecondFiring(d);
    assert.match(message, /Made:\n\s+at makeIt \(.*debug\.test/);
    assert.match(message, /Fired:\n\s+at fireIt \(.*debug\.test/);
  });

  test('tells the place of the program that fired what Heddle fires for it', () => {
    setDebugging(true);
    const fails = inlineCallbacks(function* () {
      yield* fail(new Error('at once'));
    });
    function startIt(): Deferred<unknown> {
      return fails();
    }
    function gatherIt(): Deferred<unknown> {
      return gatherResults([succeed(1)]);
    }
    for (const [make, name] of [
      [startIt, 'startIt'],
      [gatherIt, 'gatherIt'],
    ] as const) {
      const d = make();
      d.addErrback(() => 1);
      const [, fired] = messageOfSecondFiring(d as Deferred<number>).split('Fired:');
      assert.match(fired ?? '', new RegExp(`^\\n\\s+at ${name} \\(.*debug\\.test`));
    }
  });

  test('tells as many frames of the caller as any error would', () => {
    setDebugging(true);
    const deeply = (depth: number): Deferred<number> => (depth === 0 ? makeIt() : deeply(depth - 1));
    const d = deeply(2 * Error.stackTraceLimit);
    d.callback(1);
    const made = /Made:\n(?<frames>[^]*)\n {2}Fired:/.exec(messageOfSecondFiring(d))?.groups?.['frames'] ?? '';
    assert.ok(made.split('\n').length >= Error.stackTraceLimit, made);
  });

  test('says nothing more when it is off', () => {
    const d = makeIt();
    fireIt(d);
    assert.doesNotMatch(messageOfSecondFiring(d), /Made|Fired/);
  });

  test('turned on between making and firing, knows the firing only', () => {
    const d = makeIt();
    setDebugging(true);
    fireIt(d);
    const message = messageOfSecondFiring(d);
    assert.doesNotMatch(message, /Made/);
    assert.match(message, /Fired:\n\s+at fireIt/);
  });

  test('turned off between making and firing, knows the making only', () => {
    setDebugging(true);
    const d = makeIt();
    setDebugging(false);
    fireIt(d);
    const message = messageOfSecondFiring(d);
    assert.match(message, /Made:\n\s+at makeIt/);
    assert.doesNotMatch(message, /Fired/);
  });

  test('changes nothing about what chains do', () => {
    setDebugging(true);
    const d = makeIt().addCallback((n) => succeed(n + 1));
    setDebugging(false);
    (d as Deferred<number>).callback(1);
    setDebugging(true);
    let seen = 0;
    d.addCallback((n) => {
      seen = n;
    });
    assert.equal(seen, 2);
  });

  test('shows in util.inspect where the Deferred was made and where its callbacks were added', () => {
    setDebugging(true);
    const d = makeIt().addCallback(function addOne(n) {
      return n + 1;
    });
    const text = inspect(d);
    assert.match(text, /addOne \(.*debug\.test.*:\d+:\d+\)/);
    assert.match(text, /Made:\n\s+at makeIt/);
  });
});

test('the places are the program’s also where Node follows source maps', async () => {
  const { stdout } = await runProgram(
    `import { Deferred, setDebugging } from 'heddle/defer';
    setDebugging(true);
    const d = new Deferred();
    d.addCallback(function f() {});
    console.log(d);
    d.callback(1);
    try { d.callback(2); } catch (error) { console.log(error.message); }`,
    ['--enable-source-maps'],
  );
  assert.match(stdout, /Made:\n\s+at .*eval/);
  assert.doesNotMatch(stdout, /[\\/]src[\\/]defer[\\/]/);
});
