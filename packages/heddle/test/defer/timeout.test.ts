import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { CancelledError, Deferred, Failure, fail, succeed, TimeoutError, type TimeSource } from 'heddle/defer';
import { pending, resultOf } from '../support/result-of.ts';

const boom = new Error('boom');

/** Time that passes when told to. */
class ManualTime implements TimeSource {
  now = 0;
  readonly calls: { at: number; f?: () => void }[] = [];

  callLater(delay: number, f: () => void): { active(): boolean; cancel(): void } {
    const call: { at: number; f?: () => void } = { at: this.now + delay, f };
    this.calls.push(call);
    return { active: () => call.f !== undefined, cancel: () => void delete call.f };
  }

  get waiting(): number {
    return this.calls.filter(({ f }) => f !== undefined).length;
  }

  pass(milliseconds: number): void {
    this.now += milliseconds;
    for (const call of this.calls) {
      if (call.f === undefined || call.at > this.now) continue;
      const { f } = call;
      delete call.f;
      f();
    }
  }
}

suite('addTimeout', () => {
  test('fails the Deferred with a TimeoutError that tells the limit', () => {
    const time = new ManualTime();
    const d = new Deferred<number>().addTimeout(50, time);
    time.pass(49);
    assert.equal(d.called, false);
    time.pass(1);
    const { value } = resultOf(d) as Failure<TimeoutError>;
    assert.ok(value instanceof TimeoutError);
    assert.equal(value.timeout, 50);
    assert.equal(value.limit, 'total');
    assert.match(value.message, /50 ms/);
    d.addErrback(() => 0);
  });

  test('does nothing but take its timer back when the result comes in time', () => {
    const time = new ManualTime();
    const d = new Deferred<number>().addTimeout(50, time);
    assert.equal(time.waiting, 1);
    d.callback(1);
    assert.equal(time.waiting, 0);
    assert.equal(resultOf(d), 1);
  });

  test('lets a failure that comes in time pass', () => {
    const time = new ManualTime();
    const d = new Deferred<number>().addTimeout(50, time);
    d.errback(boom);
    assert.equal(time.waiting, 0);
    assert.equal(resultOf(d.addErrback((failure) => failure.value)), boom);
  });

  test('calls the canceller', () => {
    const time = new ManualTime();
    let cancelled = 0;
    const d = new Deferred<number>(() => void cancelled++).addTimeout(50, time).addErrback(() => 0);
    time.pass(50);
    assert.equal(cancelled, 1);
    assert.equal(resultOf(d), 0);
  });

  test('keeps what the canceller fires the Deferred with', () => {
    const time = new ManualTime();
    const d = new Deferred<string>((self) => self.callback('partial')).addTimeout(50, time);
    time.pass(50);
    assert.equal(resultOf(d), 'partial');
  });

  test('keeps another error than CancelledError that the canceller gives', () => {
    const time = new ManualTime();
    const d = new Deferred<string>((self) => self.errback(boom)).addTimeout(50, time);
    time.pass(50);
    assert.equal(resultOf(d.addErrback((failure) => failure.value)), boom);
  });

  test('covers the callbacks added before it, and cancels the Deferred they wait for', () => {
    const time = new ManualTime();
    const inner = new Deferred<number>();
    const d = succeed()
      .addCallback(() => inner)
      .addTimeout(50, time);
    time.pass(50);
    assert.equal(inner.called, true);
    assert.ok((resultOf(d) as Failure).is(TimeoutError));
    d.addErrback(() => 0);
  });

  test('does not cover callbacks added after it', () => {
    const time = new ManualTime();
    const later = new Deferred<number>();
    const d = new Deferred<void>().addTimeout(50, time).addCallback(() => later);
    (d as unknown as Deferred<void>).callback();
    assert.equal(time.waiting, 0);
    time.pass(100);
    assert.equal(later.called, false);
    later.callback(1);
    assert.equal(resultOf(d), 1);
  });

  test('leaves a cancel by hand a CancelledError', () => {
    const time = new ManualTime();
    const d = new Deferred<number>().addTimeout(50, time);
    d.cancel();
    assert.ok((resultOf(d) as Failure).is(CancelledError));
    assert.equal(time.waiting, 0);
  });

  test('lets onTimeoutCancel give the result', () => {
    const time = new ManualTime();
    const seen: unknown[] = [];
    const d = new Deferred<number>().addTimeout(50, time, (result, timeout) => {
      seen.push(result, timeout);
      return 'too late';
    });
    time.pass(50);
    assert.equal(resultOf(d), 'too late');
    assert.ok(seen[0] instanceof Failure && seen[0].is(CancelledError));
    assert.equal(seen[1], 50);
  });

  test('asks onTimeoutCancel also where an earlier errback made a value of the cancel', () => {
    const time = new ManualTime();
    const d = new Deferred<number>()
      .addErrback(() => 'recovered')
      .addTimeout(50, time, (result) => `late: ${String(result)}`);
    time.pass(50);
    assert.equal(resultOf(d), 'late: recovered');
  });

  test('does not ask onTimeoutCancel where the result comes in time', () => {
    const time = new ManualTime();
    const d = succeed(1).addTimeout(50, time, () => assert.fail('called without a timeout'));
    assert.equal(resultOf(d), 1);
    assert.equal(time.waiting, 0);
  });

  test('can be set twice: the shorter one counts', () => {
    const time = new ManualTime();
    const d = new Deferred<number>().addTimeout(100, time).addTimeout(50, time);
    time.pass(50);
    assert.equal((resultOf(d) as Failure<TimeoutError>).value.timeout, 50);
    assert.equal(time.waiting, 0);
    d.addErrback(() => 0);
  });

  test('refuses what is no length of time', () => {
    for (const wrong of [-1, Number.NaN]) {
      assert.throws(() => new Deferred<number>().addTimeout(wrong), { code: 'HEDDLE_INVALID_ARGUMENT' });
    }
  });

  test("counts Node's own time without a clock", async () => {
    await assert.rejects(new Deferred<number>().addTimeout(1), TimeoutError);
  });

  test('stands longer than the longest timer of Node, and forever', () => {
    for (const timeout of [2 ** 31, Number.POSITIVE_INFINITY]) {
      const d = new Deferred<number>().addTimeout(timeout);
      assert.equal(resultOf(d), pending);
      (d as Deferred<unknown>).callback(1);
    }
  });

  test('lets a failed Deferred stay failed', () => {
    const time = new ManualTime();
    assert.equal(
      resultOf(
        fail(boom)
          .addTimeout(50, time)
          .addErrback((failure) => failure.value),
      ),
      boom,
    );
    assert.equal(time.waiting, 0);
  });
});

test('a clock that gives nothing to take the call back by is refused', () => {
  const clock = { callLater: () => undefined } as unknown as TimeSource;
  assert.throws(() => new Deferred<number>().addTimeout(10, clock), { name: 'InvalidArgumentError' });
});
