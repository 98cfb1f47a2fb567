import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { ask } from 'heddle';
import { ProcessPool, ThreadPool, UnclonableError } from 'heddle/threads';
import * as faults from '../../fixtures/threads/faults.ts';
import { identity } from '../../fixtures/threads/jobs.ts';
import { errorOf, failureOf } from '../../support/failure-of.ts';
import { poolFor, poolOfOne } from '../../support/pools.ts';
import { runProgram } from '../../support/program.ts';

const limit = { timeout: 30_000 };

test("an error of Node's keeps code, errno, syscall and path", limit, async (t) => {
  const error = (await errorOf(poolFor(t).defer(faults.throwSystemError), Error)) as NodeJS.ErrnoException;
  const { code, errno, syscall, path } = error;
  assert.deepEqual(
    { code, errno, syscall, path },
    { code: 'ENOENT', errno: -2, syscall: 'open', path: '/nowhere/at/all' },
  );
  assert.match(error.message, /^ENOENT/);
});

test(
  'an error keeps its message, stack, custom name, own properties, and the nearest class both sides know',
  limit,
  async (t) => {
    const error = await errorOf(poolFor(t).defer(faults.throwQuotaError), RangeError);
    assert.equal(Object.getPrototypeOf(error), RangeError.prototype);
    assert.equal(error.name, 'QuotaError');
    assert.equal(error.message, 'too much');
    assert.equal(error instanceof faults.QuotaError, false);
    assert.deepEqual({ ...error }, { code: 'E_QUOTA', limit: { bytes: 7 } });
    assert.match(error.stack ?? '', /throwQuotaError/);
    assert.doesNotMatch(error.stack ?? '', /threads[/\\]entry[/\\]thread\.cjs/);
  },
);

for (const Pool of [ThreadPool, ProcessPool]) {
  test(`errors that are given or asked with have the stack of the job alone, too (${Pool.name})`, limit, async (t) => {
    const pool = poolOfOne(t, Pool);
    const stacks: (string | undefined)[] = [];
    const given = await pool.defer(
      faults.giveErrorWhenAsked,
      ask((error: Error) => void stacks.push(error.stack)),
    );
    stacks.push(given.stack);
    assert.equal(stacks.length, 2);
    for (const stack of stacks) {
      assert.match(stack ?? '', /^Error: not so bad\n +at giveErrorWhenAsked/);
      assert.doesNotMatch(stack ?? '', /threads[/\\]entry[/\\]thread\.cjs/);
    }
  });
}

test('an error whose stack is no text arrives all the same, given or thrown', limit, async (t) => {
  const pool = poolFor(t);
  const given = await pool.defer(faults.giveErrorWithStack, [1, 2]);
  assert.deepEqual([given.message, given instanceof Error], ['of a kind', true]);
  const thrown = await errorOf(pool.defer(faults.throwErrorWithStack, [1, 2]), Error);
  assert.equal(thrown.message, 'of a kind');
});

for (const Pool of [ThreadPool, ProcessPool]) {
  test(`what an error has by a class of the program’s arrives with it (${Pool.name})`, limit, async (t) => {
    const pool = poolOfOne(t, Pool);
    const thrown = await errorOf(pool.defer(faults.throwClassError), Error);
    const given = await pool.defer(faults.giveClassError);
    const captured = new faults.DerivedClassError('page');
    const [back, copied] = await Promise.all([pool.defer(identity<Error>, captured), pool.defer(() => captured)]);
    for (const error of [thrown, given, back, copied]) {
      const { message, code, status, what } = error as faults.ClassError;
      assert.deepEqual(
        { message, code, status, what },
        { message: 'no page', code: 'E_CLASS', status: 404, what: 'page' },
      );
      assert.deepEqual(Object.keys(error), ['what']);
      assert.equal('describe' in error || 'next' in error || 'unreadable' in error, false);
      assert.equal(Object.hasOwn(error, 'name'), false);
    }
    // Of what was given, what cannot be sent is left where it is.
    for (const error of [given, back, copied]) assert.equal('retry' in error || 'retell' in error, false);
  });
}

for (const Pool of [ThreadPool, ProcessPool]) {
  test(
    `a promise that a getter of an error’s class makes does not end the thread when it fails (${Pool.name})`,
    limit,
    async (t) => {
      const pool = poolOfOne(t, Pool);
      const thread = await pool.defer(faults.threadOf);
      const thrown = await errorOf(pool.defer(faults.throwResponseError), Error);
      const given = await pool.defer(faults.giveResponseError);
      for (const error of [thrown, given]) assert.deepEqual([error.message, 'body' in error], ['no answer', false]);
      assert.equal(await pool.defer(faults.threadOf), thread);
    },
  );
}

test('errors that a getter of an error’s class makes anew in a list are left where they are', limit, async (t) => {
  const pool = poolFor(t);
  const captured = faults.giveForkedError();
  const others = [
    pool.defer(faults.giveForkedError),
    pool.defer(identity<Error>, captured),
    pool.defer(() => captured),
  ];
  for (const error of await Promise.all(others)) {
    assert.deepEqual([error.message, 'errors' in error], ['forked', false]);
  }
  const thrown = await errorOf(pool.defer(faults.throwForkedError), Error);
  assert.deepEqual([thrown.message, 'errors' in thrown], ['forked', false]);
  const { errors } = (await errorOf(pool.defer(faults.throwReasons), Error)) as faults.ReasonsError;
  assert.deepEqual(
    errors.map(({ message }) => message),
    ['first', 'second'],
  );
});

test(
  'what a getter of an error’s class makes is left there if it has getters itself that make errors',
  limit,
  async (t) => {
    const pool = poolFor(t);
    const captured = faults.giveNestedError();
    const errors = [
      pool.defer(faults.giveNestedError),
      pool.defer(identity<Error>, captured),
      pool.defer(() => captured),
      errorOf(pool.defer(faults.throwNestedError), Error),
    ];
    for (const error of await Promise.all(errors)) {
      assert.deepEqual([error.message, 'first' in error, 'second' in error], ['nested', false, false]);
    }
  },
);

test('a thrown error stays one when what its class gives does not let itself be asked', limit, async (t) => {
  const error = await errorOf(poolFor(t).defer(faults.throwErrorWithProxy), Error);
  assert.deepEqual([error.message, { ...error }, 'part' in error], ['with a part', { code: 'E_PART' }, false]);
});

test('of instances on a thrown error WebAssembly is not asked, which throws at each', limit, async (t) => {
  const pool = poolOfOne(t, ThreadPool);
  const error = await errorOf(pool.defer(faults.throwErrorWithTokens), Error);
  assert.deepEqual({ ...error }, { tokens: [{ line: 3 }, { line: 3 }] });
  assert.equal(await pool.defer(faults.timesAskedOfWebAssembly), 0);
});

test('an array on a thrown error is copied by none of its own code', limit, async (t) => {
  const error = await errorOf(poolFor(t).defer(faults.throwErrorWithArray), Error);
  assert.deepEqual({ ...error }, { threads: ['warp', 'weft'] });
});

test('an error with hundreds of thousands of properties arrives', limit, async (t) => {
  const error = await poolFor(t).defer(faults.giveErrorWithProperties, 400_000);
  assert.equal(Object.keys(error).length, 400_000);
});

test(
  'an error that has errors of its class without an end arrives when it is thrown, and is refused otherwise',
  limit,
  async (t) => {
    const pool = poolFor(t);
    const thrown = (await errorOf(pool.defer(faults.throwEndlessError), Error)) as faults.EndlessError;
    assert.equal(thrown.message, 'endless');
    assert.deepEqual(
      thrown.errors.map(({ message }) => message),
      ['first', 'second'],
    );
    await errorOf(pool.defer(faults.giveEndlessError), UnclonableError);
    await errorOf(pool.defer(identity<Error>, faults.giveEndlessError()), UnclonableError);
  },
);

test('of thousands of errors that are thrown together, each has its causes', limit, async (t) => {
  const error = await errorOf(poolFor(t).defer(faults.throwBatchError, 3000), Error);
  const { errors } = error.cause as AggregateError;
  assert.equal(errors.length, 3000);
  for (const { cause } of errors as { cause: AggregateError }[]) {
    assert.deepEqual(
      cause.errors.map((refused: unknown) => refused instanceof Error && refused.message),
      ['::1 refused', '127.0.0.1 refused'],
    );
  }
});

test('what an error’s class makes arrives, also if it has a getter itself', limit, async (t) => {
  const pool = poolFor(t);
  const errors = [
    pool.defer(faults.giveLazyError),
    pool.defer(identity<Error>, faults.giveLazyError()),
    errorOf(pool.defer(faults.throwLazyError), Error),
  ];
  for (const error of await Promise.all(errors)) {
    assert.deepEqual((error as faults.LazyError).response, { status: 404, text: 'not found' });
  }
});

test('no text stands on a thrown error for what its class gives and cannot be sent', limit, async (t) => {
  const error = await errorOf(poolFor(t).defer(faults.throwResponseError), Error);
  assert.equal('headers' in error, false);
});

test('what is hidden on an error and cannot be read is left where it is', limit, async (t) => {
  const pool = poolFor(t);
  const captured = faults.giveErrorWithLazyPart();
  for (const call of [
    pool.defer(faults.giveErrorWithLazyPart),
    pool.defer(identity<Error>, captured),
    pool.defer(() => captured),
  ]) {
    const error = await call;
    assert.deepEqual([error.message, 'lazy' in error], ['with a part', false]);
  }
});

test('properties of an error are as visible as they were', limit, async (t) => {
  const error = await errorOf(poolFor(t).defer(faults.throwQuotaError), RangeError);
  assert.deepEqual(Object.keys(error), ['code', 'limit']);
  for (const hidden of ['message', 'stack', 'name']) {
    assert.equal(Object.getOwnPropertyDescriptor(error, hidden)?.enumerable, false, hidden);
  }
});

test('every class of errors of the language arrives as that class', limit, async (t) => {
  const pool = poolFor(t);
  for (const errorClass of [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError]) {
    const error = await errorOf(pool.defer(faults.throwValue, new errorClass('sent there and back')), errorClass);
    assert.equal(Object.getPrototypeOf(error), errorClass.prototype);
    assert.equal(error.name, errorClass.name);
    assert.equal(Object.hasOwn(error, 'name'), false);
    assert.equal(error.message, 'sent there and back');
  }
});

test('an AggregateError keeps its errors and their cause', limit, async (t) => {
  const error = await errorOf(poolFor(t).defer(faults.throwAggregate), AggregateError);
  assert.equal(error.message, 'all failed');
  assert.ok(error.cause instanceof TypeError);
  assert.equal(error.cause.message, 'the root');
  const [one, two, three] = error.errors;
  assert.ok(one instanceof RangeError);
  assert.equal(two, 'two');
  assert.ok(three instanceof AggregateError);
  assert.equal((three.errors[0] as Error).message, 'three');
});

test('a DOMException arrives as one', limit, async (t) => {
  const error = await errorOf(poolFor(t).defer(faults.throwDomException), DOMException);
  assert.equal(error.name, 'NotFoundError');
  assert.equal(error.message, 'it is gone');
  assert.equal(error.code, DOMException.NOT_FOUND_ERR);
});

test('errors that refer to each other arrive as the same circle', limit, async (t) => {
  const error = (await errorOf(poolFor(t).defer(faults.throwCyclic), Error)) as Error & {
    self: { errors: Map<string, Error> };
  };
  assert.equal((error.cause as Error).message, 'and round');
  assert.equal((error.cause as Error).cause, error);
  assert.equal(error.self.errors.get('it'), error);
});

test('Buffers of an error are Buffers', limit, async (t) => {
  const error = (await errorOf(poolFor(t).defer(faults.throwWithBuffers), Error)) as Error & { stdout: Buffer };
  assert.ok(Buffer.isBuffer(error.stdout));
  assert.equal(error.stdout.toString(), 'some output');
  assert.equal(error.stdout.buffer.byteLength, error.stdout.byteLength);
});

test('an error arrives whatever hangs on it; a text says what could not come along', limit, async (t) => {
  const error = await errorOf(poolFor(t).defer(faults.throwUnsendable), TypeError);
  assert.equal(error.message, 'still readable');
  assert.match(error.stack ?? '', /throwUnsendable/);
  const has = error as unknown as Record<string, unknown> & { request: Record<string, unknown> };
  assert.equal(has['code'], 'E_STILL_HERE');
  assert.equal(has.request['tries'], 3);
  assert.match(String(has.request['retry']), /^\[not cloneable: \[Function: retry\]\]$/);
  assert.match(String(has['gone']), /^\[not cloneable: /);
  assert.match(String(has['goneBuffer']), /^\[not cloneable: /);
  assert.match(String(has['proxy']), /^\[not cloneable: /);
  assert.match(String(has['symbol']), /^\[not cloneable: Symbol\(mark\)\]$/);
  assert.match(String(has['secret']), /^\[not readable: .*not for you/);
  const [first, second, third] = has['list'] as unknown[];
  assert.equal(first, 1);
  assert.match(String(second), /^\[not readable: .*not for you/);
  assert.match(String(third), /^\[not cloneable: /);
  assert.match(String((has['rude'] as { f: unknown }).f), /^\[not cloneable: \[Function: f\]\]$/);
});

for (const Pool of [ThreadPool, ProcessPool]) {
  test(
    `an instance on a thrown error that is nothing but data arrives as a plain object (${Pool.name})`,
    limit,
    async (t) => {
      const pool = new Pool({ max: 1 });
      t.after(() => pool.stop({ deadline: 0 }));
      const error = await errorOf(pool.defer(faults.throwWithPlaces), SyntaxError);
      const { loc, span, token, listing, index } = error as unknown as Record<string, object>;
      assert.deepEqual(loc, { line: 1, column: 8 });
      assert.deepEqual(span, { start: { line: 1, column: 8 }, seen: new Map([['start', { line: 1, column: 8 }]]) });
      assert.equal(Reflect.get(span as object, 'start'), loc);
      // With code in it, of great size, or more than what it has under names, it arrives as a text.
      assert.match(String(token), /^\[not cloneable: Token/);
      assert.match(String(listing), /^\[not cloneable: Listing/);
      assert.match(String(index), /^\[not cloneable: Index/);
    },
  );
}

test('trees of instances on a thrown error arrive in a time that grows with their size', limit, async (t) => {
  const count = 60;
  const error = await errorOf(poolFor(t).defer(faults.throwWithTrees, count), Error);
  const { trees } = error as unknown as { trees: { parent: unknown; branches: { parent: unknown }[] }[] };
  assert.equal(trees.length, count);
  for (const tree of trees) assert.equal(tree.branches[1]?.parent, tree);
});

test('an error as a value, alone or within others, is as whole as a thrown one', limit, async (t) => {
  const sent = Object.assign(new RangeError('as a value', { cause: Buffer.from('why') }), { code: 'E_VALUE' });
  const { list } = await poolFor(t).defer(identity<{ list: (typeof sent)[] }>, { list: [sent, sent] });
  const [error] = list;
  assert.ok(error instanceof RangeError);
  assert.equal(error.code, 'E_VALUE');
  assert.ok(Buffer.isBuffer(error.cause));
  assert.equal(list[1], error);
});

test('a property of an error that is a value is refused with its path', limit, async (t) => {
  const sent = Object.assign(new Error('no'), { retry() {} });
  const error = await errorOf(poolFor(t).defer(identity<unknown>, [sent]), UnclonableError);
  assert.match(error.message, /^args\[0\]\[0\]\.retry: function retry/);
});

test('an UnclonableError made in the thread is one here', limit, async (t) => {
  assert.ok((await failureOf(poolFor(t).defer(faults.giveInstance))) instanceof UnclonableError);
});

test('errors of another realm are of the class of that name, there and back', limit, async (t) => {
  const pool = poolFor(t, { max: 1 });
  const made = () => [
    runInNewContext('new RangeError("r")') as Error,
    runInNewContext('class TimeoutError extends TypeError {}; new TimeoutError("t")') as Error,
    runInNewContext('new AggregateError([1], "a")') as Error,
  ];
  const isOfClass = ([r, t, a]: Error[]): boolean[] => [
    r instanceof RangeError,
    t instanceof TypeError,
    a instanceof AggregateError,
    !('timeout' in (t as Error)),
  ];
  assert.deepEqual(await pool.defer(isOfClass, made()), [true, true, true, true]);
  assert.deepEqual(isOfClass(await pool.defer((given: Error[]) => given, made())), [true, true, true, true]);
  const error = await errorOf(
    pool.defer(() => process.getBuiltinModule('node:vm').runInNewContext('null.x') as unknown),
    TypeError,
  );
  assert.match(error.message, /null/);
});

test('with frozen intrinsics errors and codecs work as without', limit, async () => {
  const { stdout, stderr } = await runProgram(
    `
    import { registerCodec, ThreadPool } from 'heddle';
    class Coin { constructor(cents) { this.cents = cents; } }
    const module = new URL('fixtures/threads/coins.js', import.meta.url);
    registerCodec(Coin, { encode: ({ cents }) => cents, decode: (cents) => new Coin(cents), module });
    const pool = new ThreadPool({ max: 1 });
    console.log(await pool.defer((error) => error.message, new TypeError('t')));
    console.log(await pool.defer((coin) => coin, new Coin(5)));
    await pool.stop();
  `,
    ['--frozen-intrinsics', '--no-warnings'],
  );
  assert.equal(stdout, 't\nCoin { cents: 5 }\n', stderr);
});
