import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type Ended, runProgram } from '../support/program.ts';

const names = ['Deferred', 'fail', 'succeed', 'gatherResults', 'race', 'setDebugging', 'setUnhandledFailurePolicy'];

function run(program: string, nodeOptions: readonly string[] = []): Promise<Ended> {
  return runProgram(`import { ${names.join(', ')} } from 'heddle/defer';\n${program}`, nodeOptions);
}

function timesReported(ended: Ended): number {
  return ended.stderr.match(/Unhandled failure in a Deferred/g)?.length ?? 0;
}

suite('a failure that nobody handles', { concurrency: 2 }, () => {
  test('is reported once with its stack, and makes the exit code 1 when the program ends by itself', async () => {
    const ended = await run(`
      function work() { throw new RangeError('too far'); }
      globalThis.kept = succeed().addCallback(work);
    `);
    assert.equal(timesReported(ended), 1);
    assert.match(ended.stderr, /RangeError: too far\n +at work /);
    assert.equal(ended.code, 1);
  });

  test('is reported while the program runs, when the Deferred is collected', async () => {
    const ended = await run(
      `
        (function () { fail(new Error('lost')); })();
        const { error } = console;
        const reported = new Promise((resolve) => {
          console.error = (...args) => { error(...args); resolve(); };
        });
        const collecting = setInterval(globalThis.gc, 1);
        await reported;
        clearInterval(collecting);
        console.log('still running');
      `,
      ['--expose-gc'],
    );
    assert.equal(timesReported(ended), 1);
    assert.match(ended.stdout, /still running/);
    assert.equal(ended.code, 1);
  });

  test('is reported where the program calls process.exit, whose code stays', async () => {
    for (const code of [0, 3]) {
      const ended = await run(`fail(new Error('lost')); process.exit(${code});`);
      assert.equal(timesReported(ended), 1);
      assert.equal(ended.code, code);
    }
  });

  test('leaves an exit code alone that the program has set', async () => {
    for (const code of [0, 3]) {
      const ended = await run(`process.exitCode = ${code}; globalThis.kept = fail(new Error('lost'));`);
      assert.equal(timesReported(ended), 1);
      assert.equal(ended.code, code);
    }
  });

  test('is not reported when an errback takes it, at once or later', async () => {
    const ended = await run(`
      fail(new Error('at once')).addErrback(() => 0);
      const later = fail(new Error('later'));
      setImmediate(() => setImmediate(() => later.addErrback(() => 0)));
    `);
    assert.deepEqual(ended, { code: 0, stdout: '', stderr: '' });
  });

  test('is not reported when somebody awaited it, but by the promise if that one is not handled', async () => {
    const awaited = await run(`
      const d = fail(new Error('awaited'));
      try { await d; } catch {}
      const late = new Deferred();
      late.then(undefined, () => 0);
      late.errback(new Error('late'));
    `);
    assert.deepEqual(awaited, { code: 0, stdout: '', stderr: '' });
    const thrownOn = await run(`fail(new Error('lost')).then(() => 0);`);
    assert.equal(timesReported(thrownOn), 0);
    assert.equal(thrownOn.code, 1);
    assert.match(thrownOn.stderr, /Error: lost/);
  });

  test('counts as handled by passing it to another Deferred, which reports it alone', async () => {
    const ended = await run(`
      const inner = fail(new Error('once'));
      globalThis.kept = [inner, succeed().addCallback(() => inner)];
    `);
    assert.equal(timesReported(ended), 1);
  });

  test('is reported again when an errback throws a new error', async () => {
    const ended = await run(`
      globalThis.kept = fail(new Error('first')).addErrback(() => { throw new Error('second'); });
    `);
    assert.equal(timesReported(ended), 1);
    assert.match(ended.stderr, /second/);
    assert.doesNotMatch(ended.stderr, /first/);
  });

  test('shows causes, and anything else that was thrown', async () => {
    const ended = await run(`
      globalThis.kept = [fail(new Error('outer', { cause: new Error('inner') })), fail({ status: 404 }), fail()];
    `);
    assert.equal(timesReported(ended), 3);
    assert.match(ended.stderr, /\[cause\]: Error: inner/);
    assert.match(ended.stderr, /\{ status: 404 \}/);
    assert.match(ended.stderr, /undefined/);
  });

  test("is not reported when it is the program's own cancel, alone or inside a combinator's error", async () => {
    const ended = await run(`
      const alone = new Deferred();
      alone.cancel();
      const gathered = gatherResults([new Deferred(), new Deferred()]);
      gathered.cancel();
      const raced = race([new Deferred(), new Deferred()]);
      raced.cancel();
      const aborted = new Deferred().cancelOn(AbortSignal.abort());
      globalThis.kept = [alone, gathered, raced, aborted];
    `);
    assert.deepEqual(ended, { code: 0, stdout: '', stderr: '' });
  });

  test('says in debug mode where the Deferred was made and fired', async () => {
    const ended = await run(`
      setDebugging(true);
      function makeIt() { return new Deferred(); }
      function fireIt(d) { d.errback(new Error('lost')); }
      globalThis.kept = makeIt();
      fireIt(kept);
    `);
    assert.match(ended.stderr, /Made:\n +at makeIt /);
    assert.match(ended.stderr, /Fired:\n +at fireIt /);
  });

  test('is reported also where a method of the object that has the Deferred made its error', async () => {
    const ended = await runProgram(
      `
        import { Deferred, setUnhandledFailurePolicy } from 'heddle';
        const messages = [];
        const collecting = setInterval(globalThis.gc, 1);
        setUnhandledFailurePolicy(({ failure }) => {
          messages.push(failure.getErrorMessage());
          if (messages.length < 4) return;
          clearInterval(collecting);
          console.log(messages.sort().join());
        });
        class Request {
          answer = new Deferred();
          fail(error) { this.answer.errback(error); }
          plain() { this.fail(new Error('plain')); }
          caused() { this.fail(new Error('with a cause', { cause: this.error() })); }
          several() { this.fail(new AggregateError([this.error()], 'several')); }
          error() { return new Error('inner'); }
          throws() { this.answer.addCallback(() => { throw this.error(); }); this.answer.callback(); }
        }
        for (const how of ['plain', 'caused', 'several', 'throws']) new Request()[how]();
      `,
      ['--expose-gc'],
    );
    assert.equal(ended.stdout, 'inner,plain,several,with a cause\n');
  });

  test('does not keep the Deferred from being collected', async () => {
    const ended = await run(
      `
        const seen = new FinalizationRegistry(() => { console.log('collected'); clearInterval(collecting); });
        (function () { seen.register(fail(new Error('lost'))); })();
        const collecting = setInterval(globalThis.gc, 1);
      `,
      ['--expose-gc'],
    );
    assert.equal(ended.stdout, 'collected\n');
  });
});

suite('setUnhandledFailurePolicy', { concurrency: 2 }, () => {
  test("'throw' raises the error as an uncaught exception at the end of the turn", async () => {
    const ended = await run(`
      setUnhandledFailurePolicy('throw');
      process.on('uncaughtException', (error) => console.log('caught', error.message));
      fail(new Error('one'));
      fail('two');
      const handled = fail(new Error('handled'));
      console.log('end of the module');
      Promise.resolve().then(() => Promise.resolve()).then(() => handled.addErrback(() => 0));
    `);
    assert.equal(ended.stdout, "end of the module\ncaught one\ncaught Unhandled failure: 'two'\n");
    assert.equal(ended.code, 0);
    assert.equal(timesReported(ended), 0);
  });

  test("'throw' ends a program that does not catch it", async () => {
    const ended = await run(`
      setUnhandledFailurePolicy('throw');
      globalThis.kept = fail(new Error('lost'));
      setTimeout(() => console.log('never'), 1000);
    `);
    assert.equal(ended.code, 1);
    assert.equal(ended.stdout, '');
    assert.match(ended.stderr, /Error: lost/);
  });

  test('a function gets the failure instead of the console, and leaves the exit code alone', async () => {
    const ended = await run(`
      setDebugging(true);
      setUnhandledFailurePolicy(({ failure, history }) => {
        console.log('mine:', failure.getErrorMessage(), history.made.includes('at '));
      });
      globalThis.kept = fail(new Error('lost'));
    `);
    assert.deepEqual(ended, { code: 0, stdout: 'mine: lost true\n', stderr: '' });
  });

  test('gives back the policy that was in force', async () => {
    const ended = await run(`
      const mine = () => {};
      console.log(setUnhandledFailurePolicy(mine), setUnhandledFailurePolicy('throw') === mine);
      console.log(setUnhandledFailurePolicy('report'));
    `);
    assert.equal(ended.stdout, 'report true\nthrow\n');
  });
});

test('failures are reported also after one for whose record there was no stack left', async () => {
  const ended = await run(`
    let failed = 0;
    let done = false;
    function dive() {
      try { dive(); } catch {}
      if (done) return;
      try { fail('too deep').addErrback(() => {}); done = true; } catch { failed++; }
    }
    dive();
    console.log(failed > 0);
    setTimeout(() => fail(new Error('made much later')), 1);
  `);
  assert.equal(ended.stdout, 'true\n');
  assert.match(ended.stderr, /made much later/);
  assert.equal(ended.code, 1);
});

test('a failure that was passed on and has come back is this Deferred’s again', async () => {
  const ended = await run(`
    const d = new Deferred();
    const other = new Deferred();
    d.chainDeferred(other);
    d.addCallback(() => other);
    d.errback(new Error('come back'));
  `);
  assert.match(ended.stderr, /come back/);
  assert.equal(ended.code, 1);
});
