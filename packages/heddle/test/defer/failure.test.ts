import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Failure, succeed } from 'heddle/defer';
import { resultOf } from '../support/result-of.ts';

class Missing extends Error {
  override readonly name: string = 'Missing';
}

suite('Failure', () => {
  test('check gives the first class that fits, subclasses included', () => {
    const failure = new Failure(new Missing('x'));
    assert.equal(failure.check(TypeError, Missing), Missing);
    assert.equal(failure.check(TypeError, Error, Missing), Error);
    assert.equal(failure.check(TypeError), undefined);
    assert.equal(new Failure('text').check(Error), undefined);
  });

  test('is narrows the type of the value', () => {
    const failure: Failure = new Failure(new Missing('x'));
    assert.ok(failure.is(Missing));
    const missing: Missing = failure.value;
    assert.equal(missing.message, 'x');
    assert.equal(failure.is(TypeError), false);
  });

  test('trap gives the class that fits, and throws the Failure itself where none does', () => {
    const failure = new Failure(new Missing('x'));
    assert.equal(failure.trap(TypeError, Missing), Missing);
    assert.throws(
      () => failure.trap(TypeError),
      (thrown) => thrown === failure,
    );
  });

  test('trap in an errback lets other errors go on unchanged', () => {
    const boom = new Missing('x');
    const d = succeed().addCallback(() => {
      throw boom;
    });
    d.addErrback((failure) => void failure.trap(TypeError));
    assert.equal(resultOf(d.addErrback((failure) => failure.value)), boom);
  });

  test('type is the class of what was thrown', () => {
    assert.equal(new Failure(new Missing('x')).type, Missing);
    assert.equal(new Failure('text').type, undefined);
    assert.equal(new Failure(Object.create(null)).type, undefined);
  });

  test('getErrorMessage says in one line what happened', () => {
    assert.equal(new Failure(new Missing('no such row')).getErrorMessage(), 'no such row');
    assert.equal(new Failure('text').getErrorMessage(), 'text');
    const withoutMessage = Object.defineProperty(new Error('why'), 'message', { value: undefined });
    assert.equal(new Failure(withoutMessage).getErrorMessage(), 'undefined');
    assert.equal(new Failure(undefined).getErrorMessage(), 'undefined');
    assert.equal(new Failure(Symbol('s')).getErrorMessage(), 'Symbol(s)');
    assert.equal(new Failure({ status: 404 }).getErrorMessage(), '{ status: 404 }');
  });

  test('getTraceback names this file, the causes and the own properties', () => {
    const error = Object.assign(new Error('outer', { cause: new Missing('inner') }), { code: 'E_OUTER' });
    const text = new Failure(error).getTraceback();
    assert.match(text, /Error: outer/);
    assert.match(text, /failure\.test/);
    assert.match(text, /\[cause\]: Missing: inner/);
    assert.match(text, /E_OUTER/);
  });

  test('getBriefTraceback is the stack alone', () => {
    const error = new Error('outer', { cause: new Missing('inner') });
    assert.equal(new Failure(error).getBriefTraceback(), error.stack);
    assert.equal(new Failure(7).getBriefTraceback(), '7');
  });

  test('printTraceback writes to the given stream', () => {
    let written = '';
    new Failure(new Missing('x')).printTraceback({ write: (text) => (written += text) });
    assert.match(written, /^Missing: x\n {4}at /);
    assert.ok(written.endsWith('\n'));
  });

  test('raiseException throws the error itself', () => {
    for (const thrown of [new Missing('x'), undefined, 'text']) {
      assert.throws(
        () => new Failure(thrown).raiseException(),
        (seen) => seen === thrown,
      );
    }
  });

  test('throwExceptionIntoGenerator throws at the yield and gives what comes next', () => {
    function* patient(): Generator<string, string, never> {
      try {
        yield 'ready';
      } catch (error) {
        return (error as Error).message;
      }
      return 'nothing came';
    }
    const generator = patient();
    generator.next();
    assert.deepEqual(new Failure(new Missing('x')).throwExceptionIntoGenerator(generator), { done: true, value: 'x' });
  });

  test('is compared with any object that says itself what is an instance of it', () => {
    const absent = { [Symbol.hasInstance]: (value: unknown): boolean => value instanceof Missing } as never;
    const failure = new Failure(new Missing('x'));
    assert.equal(failure.check(TypeError, absent), absent);
    assert.equal(failure.trap(absent), absent);
    assert.equal(failure.is(absent), true);
    assert.equal(new Failure(new Error('x')).is(absent), false);
  });

  test('as text names the error', () => {
    assert.equal(String(new Failure(new Missing('x'))), '[Failure: Missing: x]');
    assert.equal(String(new Failure('text')), '[Failure: text]');
  });
});
