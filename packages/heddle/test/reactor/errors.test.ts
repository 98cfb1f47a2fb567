import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { test } from 'node:test';
import { CancelledError, Deferred, fail } from 'heddle/defer';
import { createReactor } from 'heddle/reactor';
import { runProgram } from '../support/program.ts';
import { reportsOf } from '../support/reported.ts';
import { throwQuotaError } from '../fixtures/threads/faults.ts';

const throwing = (message: string): never => {
  throw new Error(message);
};

test('what a delayed call throws is reported, and the calls after it are made', async () => {
  const reactor = createReactor();
  const reports = reportsOf(reactor);
  reactor.callLater(0, throwing, 'first');
  await new Promise<void>((resolve) => reactor.callLater(0, resolve));
  assert.deepEqual(reports, ['throwing (callLater): first']);
});

test('what callFromThread calls throws is reported, and the calls after it are made in their order', async () => {
  const reactor = createReactor();
  const reports = reportsOf(reactor);
  const order: number[] = [];
  reactor.callFromThread(throwing, 'first');
  reactor.callFromThread((n: number) => order.push(n), 1);
  reactor.callFromThread((n: number) => order.push(n), 2);
  await new Promise<void>((resolve) => reactor.callFromThread(resolve));
  assert.deepEqual(order, [1, 2]);
  assert.deepEqual(reports, ['throwing (callFromThread): first']);
});

test('callFromThread never calls in the turn of the call, nor what is added meanwhile in the same turn', async () => {
  const reactor = createReactor();
  const order: string[] = [];
  const done = new Promise<void>((resolve) => {
    reactor.callFromThread(() => {
      order.push('one');
      reactor.callFromThread(() => {
        order.push('three');
        resolve();
      });
    });
  });
  reactor.callFromThread(() => order.push('two'));
  order.push('turn');
  await done;
  assert.deepEqual(order, ['turn', 'one', 'two', 'three']);
});

test('the failure of a promise or a Deferred that an event returns is reported, and is handled by that', async () => {
  const reactor = createReactor();
  const reports = reportsOf(reactor);
  reactor.callLater(0, async function poll() {
    await undefined;
    throw new Error('asynchronous');
  });
  reactor.callFromThread(() => fail(new Error('deferred')));
  const late = new Deferred<void>();
  reactor.addSystemEventTrigger('during', 'own', function tidy() {
    return late;
  });
  reactor.fireSystemEvent('own');
  late.errback(new Error('late'));
  await new Promise<void>((resolve) => reactor.callFromThread(() => reactor.callLater(0, resolve)));
  assert.deepEqual(reports.toSorted(), [
    'an anonymous function (callFromThread): deferred',
    'poll (callLater): asynchronous',
    'tidy (during own): late',
  ]);
});

test('a Deferred that was cancelled is no error of the event that returned it', async () => {
  const reactor = createReactor();
  const reports = reportsOf(reactor);
  reactor.callLater(0, () => fail(new CancelledError()));
  await new Promise<void>((resolve) => reactor.callLater(1, resolve));
  assert.deepEqual(reports, []);
});

test('an onError that throws does not stop the loop, and both errors are printed', async () => {
  const { stderr, code } = await runProgram(`
    import { createReactor } from 'heddle/reactor';
    const reactor = createReactor();
    reactor.onError = () => { throw new Error('the log is full'); };
    reactor.callLater(0, () => { throw new Error('first'); });
    reactor.callLater(1, () => console.error('the loop goes on'));
  `);
  assert.equal(code, 0);
  assert.match(
    stderr,
    /Unhandled error in .*\(callLater\): Error: first[\s\S]*failed itself: Error: the log is full[\s\S]*the loop goes on/,
  );
});

test('by default errors are printed with their origin, and leave the exit code alone', async () => {
  const { stderr, code } = await runProgram(`
    import { reactor } from 'heddle/reactor';
    reactor.callLater(0, function poll() { throw new Error('first'); });
    reactor.callLater(1, async () => { throw new Error('second'); });
  `);
  assert.equal(code, 0);
  assert.match(
    stderr,
    /Unhandled error in poll \(callLater\): Error: first[\s\S]*Unhandled error in .*: Error: second/,
  );
});

test('the failure of callInThread is reported once, with the function and the whole error', {
  timeout: 30_000,
}, async (t) => {
  const reactor = createReactor();
  t.after(() => reactor.getThreadPool().stop({ deadline: 0 }));
  const reports: [unknown, string][] = [];
  const reported = new Promise<void>((resolve) => {
    reactor.onError = (error, origin) => {
      reports.push([error, origin]);
      resolve();
    };
  });
  reactor.callInThread(throwQuotaError);
  await reported;
  await reactor.getThreadPool().stop();
  assert.equal(reports.length, 1);
  const [[error, origin] = []] = reports;
  assert.ok(error instanceof RangeError && error.message === 'too much');
  assert.equal(origin, 'throwQuotaError (callInThread)');
});

test('callInThread of something that cannot go to a thread is reported, not thrown', { timeout: 30_000 }, async () => {
  const reactor = createReactor();
  const reported = new Promise<unknown>((resolve) => {
    reactor.onError = resolve;
  });
  let calls = 0;
  const local = (): number => calls++;
  reactor.callInThread(local);
  const error = (await reported) as { code?: string };
  assert.match(String(error.code), /^HEDDLE_/);
});

test('an onError that fails later does not end the program either, and both errors are printed', async () => {
  const { stderr, code } = await runProgram(`
    import { createReactor } from 'heddle/reactor';
    const reactor = createReactor();
    reactor.onError = async () => { throw new Error('the log server is down'); };
    reactor.callLater(0, () => { throw new Error('first'); });
    reactor.callLater(1, () => console.error('the loop goes on'));
  `);
  assert.equal(code, 0);
  assert.match(stderr, /Error: first[\s\S]*failed itself: Error: the log server is down[\s\S]*the loop goes on/);
});

test('what goes wrong in a delayed call is reported in the async context that the call has', async () => {
  const reactor = createReactor();
  const storage = new AsyncLocalStorage<string>();
  const seen: unknown[] = [];
  reactor.onError = (error) => {
    seen.push([(error as Error).message, storage.getStore()]);
  };
  storage.run('a request', () => reactor.callLater(0, () => {}));
  storage.run('another', () => reactor.callLater(1, throwing, 'thrown'));
  storage.run('a third', () => reactor.callLater(2, async () => throwing('rejected')));
  await new Promise<void>((resolve) => reactor.callLater(3, resolve));
  await new Promise(setImmediate);
  assert.deepEqual(seen, [
    ['thrown', 'another'],
    ['rejected', 'a third'],
  ]);
});

test('a delayed call that was cancelled leaves no store of its caller behind', async () => {
  const { code, stdout, stderr } = await runProgram(
    `
      import { AsyncLocalStorage } from 'node:async_hooks';
      import { reactor } from 'heddle/reactor';
      const storage = new AsyncLocalStorage();
      reactor.callLater(3_600_000, () => {});
      const request = () => {
        const store = {};
        storage.run(store, () => reactor.callLater(1000, () => {}).cancel());
        return new WeakRef(store);
      };
      const store = request();
      for (let round = 0; round < 200 && store.deref() !== undefined; round++) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        gc();
      }
      console.log(store.deref());
      process.exit();
    `,
    ['--expose-gc'],
  );
  assert.deepEqual([code, stdout, stderr], [0, 'undefined\n', '']);
});
