import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Deferred, fail, InvalidArgumentError, succeed } from 'heddle/defer';
import { ReactorAlreadyRunning } from 'heddle/reactor';
import { react, SystemExit } from 'heddle/task';
import { MemoryReactor } from 'heddle/testing';
import { runProgram } from '../support/program.ts';
import { WatchedProgram } from '../support/watched-program.ts';

/** Runs `main` on a reactor in memory, and tells with which codes the process would have been ended. */
function rehearse<A extends readonly unknown[] = []>(
  main: (reactor: MemoryReactor, ...argv: A) => PromiseLike<unknown> | Generator<unknown, unknown, unknown>,
  argv?: A,
): { reactor: MemoryReactor; codes: number[]; ended: Promise<void> } {
  const reactor = new MemoryReactor();
  const codes: number[] = [];
  const ended = react(main as never, argv as never, { reactor, exit: (code) => void codes.push(code) });
  return { reactor, codes, ended };
}

/** Turns the reactor until the process would have been ended: promises and turns of the reactor take turns. */
async function toItsEnd({ reactor, codes, ended }: ReturnType<typeof rehearse>): Promise<void> {
  for (let turn = 0; turn < 1_000 && codes.length === 0; turn++) {
    reactor.advance(0);
    await new Promise(setImmediate);
  }
  await ended;
}

/** What is printed to stderr while `f` runs. */
async function printedBy(f: () => Promise<void>): Promise<string> {
  const { error } = console;
  let printed = '';
  console.error = (...parts: unknown[]) => {
    printed += `${parts.join(' ')}\n`;
  };
  try {
    await f();
  } finally {
    console.error = error;
  }
  return printed;
}

test('react runs the reactor until the Deferred of main fires, and ends with 0', async () => {
  const finished = new Deferred<void>();
  const run = rehearse(() => finished);
  run.reactor.advance(0);
  assert.equal(run.reactor.running, true);
  finished.callback();
  await toItsEnd(run);
  assert.equal(run.reactor.running, false);
  assert.deepEqual(run.codes, [0]);
});

test('react ends with 0 when the Deferred of main has fired before the reactor runs', async () => {
  const run = rehearse(() => succeed(null));
  await toItsEnd(run);
  assert.deepEqual(run.codes, [0]);
});

test('react prints what main failed with, and ends with 1', async () => {
  const finished = new Deferred<void>();
  const run = rehearse(() => finished);
  const printed = await printedBy(async () => {
    run.reactor.advance(0);
    finished.errback(new RangeError('mine'));
    await toItsEnd(run);
  });
  assert.deepEqual(run.codes, [1]);
  assert.match(printed, /The main function of the program failed:\nRangeError: mine/);
});

test('react ends with 1 when the Deferred of main has failed before the reactor runs', async () => {
  const run = rehearse(() => fail(new RangeError('mine')));
  const printed = await printedBy(() => toItsEnd(run));
  assert.deepEqual(run.codes, [1]);
  assert.match(printed, /RangeError: mine/);
});

test('react ends with 1 when main throws, or gives nothing to wait for', async () => {
  const throws = rehearse(() => {
    throw new RangeError('mine');
  });
  assert.match(await printedBy(() => toItsEnd(throws)), /RangeError: mine/);
  const nothing = rehearse(() => undefined as never);
  assert.match(await printedBy(() => toItsEnd(nothing)), /NotACoroutineError/);
  assert.deepEqual([throws.codes, nothing.codes], [[1], [1]]);
});

test('react gives main the reactor and the arguments', async () => {
  const given: unknown[] = [];
  const run = rehearse(
    async (...args: unknown[]) => {
      given.push(...args);
    },
    ['a', 'b'],
  );
  await toItsEnd(run);
  assert.deepEqual(given, [run.reactor, 'a', 'b']);
});

test('react takes an async function and a generator function for main', async () => {
  const order: string[] = [];
  const asynchronous = rehearse(async () => {
    await Promise.resolve();
    order.push('async');
  });
  await toItsEnd(asynchronous);
  const generator = rehearse(function* () {
    yield succeed(1);
    order.push('generator');
  });
  await toItsEnd(generator);
  assert.deepEqual(order, ['async', 'generator']);
  assert.deepEqual([asynchronous.codes, generator.codes], [[0], [0]]);
});

describe('when the reactor is stopped by others', () => {
  test('react ends with 0 and does not wait for main', async () => {
    const run = rehearse(() => new Deferred<void>());
    run.reactor.advance(0);
    run.reactor.stop();
    await toItsEnd(run);
    assert.deepEqual(run.codes, [0]);
  });

  test('react does not stop the reactor a second time when main ends during the shutdown', async () => {
    const finished = new Deferred<void>();
    const run = rehearse(() => finished);
    run.reactor.addSystemEventTrigger('before', 'shutdown', () => finished.callback());
    run.reactor.advance(0);
    run.reactor.stop();
    await toItsEnd(run);
    assert.deepEqual(run.codes, [0]);
  });

  test('react still ends with 1 when main fails during the shutdown', async () => {
    const finished = new Deferred<void>();
    const run = rehearse(() => finished);
    run.reactor.addSystemEventTrigger('before', 'shutdown', () => finished.errback(new RangeError('mine')));
    run.reactor.advance(0);
    run.reactor.stop();
    const printed = await printedBy(() => toItsEnd(run));
    assert.deepEqual(run.codes, [1]);
    assert.match(printed, /RangeError: mine/);
  });

  test('react does not mind that main stops the reactor itself, at once or later', async () => {
    const atOnce = rehearse(async (reactor) => {
      reactor.callWhenRunning(() => reactor.stop());
    });
    await toItsEnd(atOnce);
    const later = rehearse((reactor) => {
      const finished = new Deferred<void>();
      reactor.callLater(0, () => {
        reactor.stop();
        finished.callback();
      });
      return finished;
    });
    await toItsEnd(later);
    assert.deepEqual([atOnce.codes, later.codes], [[0], [0]]);
  });
});

test('react ends with the code of a SystemExit, and prints nothing', async () => {
  const run = rehearse(() => fail(new SystemExit(23)));
  const printed = await printedBy(() => toItsEnd(run));
  assert.deepEqual(run.codes, [23]);
  assert.equal(printed, '');
});

test('a SystemExit takes no exit code of which a system would make another, such as 256', () => {
  for (const exitCode of [256, -1, 1.5, Number.NaN, '3', null]) {
    assert.throws(() => new SystemExit(exitCode as number), InvalidArgumentError, String(exitCode));
  }
  assert.deepEqual([new SystemExit().exitCode, new SystemExit(255).exitCode], [0, 255]);
});

test('react runs the triggers of the shutdown before it ends', async () => {
  const order: string[] = [];
  const run = rehearse(async (reactor) => {
    reactor.addSystemEventTrigger('before', 'shutdown', async () => void order.push('before'));
    reactor.addSystemEventTrigger('after', 'shutdown', () => void order.push('after'));
  });
  await toItsEnd(run);
  assert.deepEqual(order, ['before', 'after']);
});

test('react refuses a reactor that runs already', async () => {
  const reactor = new MemoryReactor();
  const stopped = reactor.run();
  const second = react(() => new Deferred<void>(), [], { reactor, exit: () => assert.fail('it ended') });
  await assert.rejects(second, { code: 'HEDDLE_REACTOR_ALREADY_RUNNING' });
  reactor.stop();
  reactor.advance(0);
  await stopped;
});

describe('as a program', () => {
  test('react runs the reactor of the thread and ends the process, whatever else would keep it', async () => {
    const { code, stdout, stderr } = await runProgram(`
      import { reactor } from 'heddle/reactor';
      import { react } from 'heddle/task';
      setInterval(() => {}, 1000);
      await react(async (given, name) => console.log(given === reactor, name), ['warp']);
      console.log('never');
    `);
    assert.deepEqual([code, stdout, stderr], [0, 'true warp\n', '']);
  });

  test('react ends with the exit code that the program has set, or that a SystemExit asks for', async () => {
    const set = await runProgram(`
      import { react } from 'heddle/task';
      await react(async () => { process.exitCode = 7; });
    `);
    const asked = await runProgram(`
      import { react, SystemExit } from 'heddle/task';
      await react(async () => { throw new SystemExit(23); });
    `);
    assert.deepEqual([set.code, asked.code, asked.stderr], [7, 23, '']);
  });

  test('react lets all output out before it ends the process', async () => {
    const { code, stdout } = await runProgram(`
      import { react } from 'heddle/task';
      await react(async () => { process.stdout.write('x'.repeat(5_000_000)); });
    `);
    assert.deepEqual([code, stdout.length], [0, 5_000_000]);
  });

  test('a signal ends a program under react in order, with 0', {
    skip: process.platform === 'win32' ? 'Windows has no signals between processes' : false,
  }, async () => {
    const program = new WatchedProgram(`
      import { Deferred } from 'heddle/defer';
      import { react } from 'heddle/task';
      await react((reactor) => {
        reactor.addSystemEventTrigger('before', 'shutdown', () => console.log('bye'));
        reactor.callWhenRunning(() => console.log('running'));
        setInterval(() => {}, 1000);
        return new Deferred();
      });
    `);
    await program.wrote('running');
    program.send('SIGINT');
    assert.equal(await program.ended, 0);
    assert.equal(program.output, 'running\nbye\n');
  });
});

test('react that is refused has called nothing and stops nobody else’s reactor', async () => {
  const called: string[] = [];
  const { reactor, codes } = rehearse(() => new Deferred<void>());
  const main = async (): Promise<void> => void called.push('main');
  await assert.rejects(react(main as never, [], { reactor, exit: () => {} }), ReactorAlreadyRunning);
  await assert.rejects(
    react(main as never, [], { reactor: new MemoryReactor(), shutdownTimeout: -1, exit: () => {} }),
    InvalidArgumentError,
  );
  reactor.pump([0, 0, 0]);
  assert.ok(reactor.running);
  assert.deepEqual([called, codes], [[], []]);
});

test('react refuses an argv that is none, such as the options in its place, and calls nothing', {
  timeout: 10_000,
}, async () => {
  const reactor = new MemoryReactor();
  const called: string[] = [];
  const main = async (): Promise<void> => void called.push('main');
  for (const argv of [{ reactor, exit: () => {} }, 'text']) {
    await assert.rejects(
      react(main, argv as never, { reactor, exit: () => {} }),
      (error) => error instanceof InvalidArgumentError && /react\(main, \[\], options\)/.test(error.message),
    );
  }
  assert.deepEqual([called, reactor.running], [[], false]);
});

test('react refuses options that it cannot use by their names, and calls nothing', { timeout: 10_000 }, async () => {
  const called: string[] = [];
  const main = async (): Promise<void> => void called.push('main');
  const reactor = new MemoryReactor();
  for (const [options, message] of [
    [null, /options of react must be an object, not null/],
    [{ reactor: {} }, /option reactor of react must be a reactor.*not \{\}/],
    [{ reactor, exit: 5 }, /option exit of react must be a function, not 5/],
  ] as const) {
    await assert.rejects(
      react(main, [], options as never),
      (error) => error instanceof InvalidArgumentError && message.test(error.message),
    );
  }
  assert.deepEqual([called, reactor.running], [[], false]);
});

test('react ends with 1 when a failure was lost, as a program that ends by itself does', async () => {
  const { code, stderr } = await runProgram(`
    import { fail } from 'heddle/defer';
    import { react } from 'heddle/task';
    await react(async () => void fail(new Error('lost')));
  `);
  assert.match(stderr, /^Unhandled failure in a Deferred:\nError: lost/);
  assert.equal(code, 1);
});

for (const phase of ['before', 'during', 'after']) {
  test(`react ends with 1 when a failure was lost ${phase} the shutdown`, async () => {
    const { code, stderr } = await runProgram(`
      import { fail } from 'heddle/defer';
      import { react } from 'heddle/task';
      await react(async (reactor) => {
        reactor.addSystemEventTrigger('${phase}', 'shutdown', () => void fail(new Error('lost')));
      });
    `);
    assert.match(stderr, /^Unhandled failure in a Deferred:\nError: lost/);
    assert.equal(code, 1);
  });
}

test('main that ends after the reactor has crashed does not stop a later run', async () => {
  for (const crashesDuringStartup of [false, true]) {
    const finished = new Deferred<void>();
    const { reactor, codes, ended } = rehearse((reactor) => {
      if (crashesDuringStartup) reactor.addSystemEventTrigger('before', 'startup', () => new Deferred<void>());
      return finished;
    });
    if (crashesDuringStartup) finished.callback();
    reactor.crash();
    await ended;
    assert.deepEqual(codes, [0]);
    void reactor.run();
    if (!crashesDuringStartup) finished.callback();
    reactor.pump([0, 0]);
    assert.ok(reactor.running);
  }
});
