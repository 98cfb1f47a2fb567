import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { ask, CancelledError, Deferred, deferToThread, notify } from 'heddle';
import { callFromThread } from 'heddle/thread';
import { type CallableError, ProcessPool, ThreadPool, UnclonableError } from 'heddle/threads';
import {
  askAndCatch,
  askOfArguments,
  askOnce,
  askWhatIsGone,
  askWhatThrows,
} from '../../fixtures/threads/odd-values.ts';
import { errorOf } from '../../support/failure-of.ts';
import { poolOfOne } from '../../support/pools.ts';

const limit = { timeout: 60_000 };

const typeOf = ask((value: unknown): string => typeof value);

for (const Pool of [ThreadPool, ProcessPool]) {
  const { name } = Pool;
  const poolFor = (t: TestContext): ThreadPool => poolOfOne(t, Pool);
  const typeName = ask((value: unknown) => typeof value);

  test(`${name}: a first question that cannot be sent is refused, and the next ones are answered`, limit, async (t) => {
    const pool = poolFor(t);
    const told = notify(() => {});
    assert.deepEqual(await pool.defer(askWhatIsGone, told, typeName), ['HEDDLE_UNCLONABLE', 'string']);
    assert.equal(await pool.defer(askOnce, typeName), 'string');
  });

  test(
    `${name}: what a thread tells and cannot be sent is told from the arguments of its own call`,
    limit,
    async (t) => {
      const pool = poolFor(t);
      const hold = (value: unknown): void => void value;
      const tell = (told: (value: unknown) => void): void => told({ retry: () => {} });
      const { message } = await errorOf(pool.defer(tell, notify(hold)), UnclonableError);
      assert.match(message, /^In a call of hold from the thread: args\[0\]\.retry: function retry cannot be sent/);
    },
  );

  test(`${name}: what a thread asks and cannot be sent is refused with its place in the thread`, limit, async (t) => {
    const pool = poolFor(t);
    const asksTheImpossible = (question: (value: unknown) => unknown): unknown => question(Symbol('impossible'));
    const { stack } = await errorOf(pool.defer(asksTheImpossible, typeName), UnclonableError);
    assert.match(stack ?? '', /\n +at asksTheImpossible \(/);
  });

  test(`${name}: a question whose getter throws is refused as one that cannot be sent`, limit, async (t) => {
    const pool = poolFor(t);
    const refused = { code: 'HEDDLE_UNCLONABLE', message: /^The arguments of .* cannot be sent.*: of the getter$/ };
    await assert.rejects(pool.defer(askWhatThrows, typeName), refused);
    await assert.rejects(
      pool.defer(
        askWhatThrows,
        notify(() => {}),
      ),
      refused,
    );
    assert.equal(await pool.defer(askOnce, typeName), 'string');
  });

  test(`${name}: what only V8 finds to be no data is refused by its code`, limit, async (t) => {
    const pool = poolFor(t);
    const [refused, answered] = await pool.defer(askOfArguments, typeName);
    assert.equal(answered, 'string');
    // A process has it as the plain object that V8 makes of it there.
    if (Pool === ThreadPool) assert.ok(refused === 'HEDDLE_UNCLONABLE' || refused === 'object', refused);
    assert.equal(await pool.defer(askOnce, typeName), 'string');
  });

  test(`${name}: a function whose first call from a thread was refused can be called from there`, limit, async (t) => {
    const pool = poolFor(t);
    const codes = await pool.defer(tellWords);
    assert.deepEqual(codes, ['HEDDLE_UNCLONABLE', 'sent', 'sent']);
    while (words.length < 2) await pool.defer(nothing);
    assert.deepEqual(words, ['one', 'two']);
    words.length = 0;
  });
}

test('an answer that comes too late, and cannot be read there, is none to the next question', limit, async (t) => {
  // With so small a stack a thread cannot read what this one can write.
  const pool = new ThreadPool({ max: 1, resourceLimits: { stackSizeMb: 0.5 } });
  t.after(() => pool.stop({ deadline: 0 }));
  let deep: unknown[] = [];
  const giveDeep = ask(() => deep);
  let came: string;
  do {
    for (let level = 0; level < 100; level++) deep = [deep];
    came = await pool.defer(askAndCatch, giveDeep);
  } while (came === 'object');
  assert.match(came, /^UnclonableError: The answer could not be read in the thread: Maximum call stack size exceeded/);
  const asked = new Deferred<void>();
  const late = new Deferred<unknown>();
  const answerLate = (): Deferred<unknown> => {
    asked.callback();
    return late;
  };
  const givenUp = pool.with({ onCancel: 'cooperate' }).defer(askAndCatch, ask(answerLate));
  await asked;
  givenUp.cancel();
  await errorOf(givenUp, CancelledError);
  late.callback(deep);
  assert.equal(await pool.defer(askAndCatch, typeOf), 'string');
  assert.equal(await pool.defer(askAndCatch, typeOf), 'string');
});

const words: unknown[] = [];

export function hear(word: unknown): void {
  words.push(word);
}

export function nothing(): void {}

export function tellWords(): string[] {
  const gone = new Uint8Array(8);
  structuredClone(gone, { transfer: [gone.buffer] });
  return [gone, 'one', 'two'].map((word) => {
    try {
      callFromThread(hear, word);
      return 'sent';
    } catch (error) {
      return String((error as { code?: unknown }).code);
    }
  });
}

test(
  'what was passed to a thread, and a function that it defers captures, is refused until it is passed on',
  limit,
  async (t) => {
    const pool = poolOfOne(t, ThreadPool);
    const seen: number[] = [];
    const tellsIn = async (tell: (n: number) => void): Promise<string> => {
      const refused = await deferToThread(() => tell(1)).catch(({ message }: CallableError) => message);
      const passed = notify(tell);
      await deferToThread(() => passed(2));
      return String(refused);
    };
    const asksIn = async (q: (n: number) => number): Promise<unknown> => {
      const refused = await deferToThread(() => q(1)).catch(({ code }: CallableError) => code);
      const passed = ask(q);
      return [refused, await deferToThread(() => passed(2))];
    };
    const told = await pool.defer(
      tellsIn,
      notify((n: number) => seen.push(n)),
    );
    assert.match(told, /captures tell, which has been passed to this thread by notify\. .*= notify\(tell\);$/);
    assert.deepEqual(seen, [2]);
    const asked = await pool.defer(
      asksIn,
      ask((n: number) => n + 1),
    );
    assert.deepEqual(asked, ['HEDDLE_CAPTURES_UNCLONABLE', 3]);
  },
);
