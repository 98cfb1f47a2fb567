import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { inspect } from 'node:util';
import { Deferred, fail, succeed } from 'heddle/defer';

function addOne(n: number): number {
  return n + 1;
}

function recover(): number {
  return 0;
}

suite('util.inspect of a Deferred', () => {
  test('says that it has not been fired', () => {
    assert.equal(inspect(new Deferred()), 'Deferred { <not fired> }');
  });

  test('shows the value of the chain', () => {
    assert.equal(inspect(succeed(1)), 'Deferred { 1 }');
    assert.equal(inspect(succeed()), 'Deferred { undefined }');
    assert.equal(inspect(succeed({ a: ['b'] })), "Deferred { { a: [ 'b' ] } }");
  });

  test('shows the error of the chain', () => {
    const d = fail(new RangeError('too far'));
    assert.match(inspect(d), /^Deferred \{ <failed> RangeError: too far\n/);
    d.addErrback(() => undefined);
  });

  test('names the functions that are still to run, in order', () => {
    const d = new Deferred<number>();
    d.addCallback(addOne).addErrback(recover).addBoth(String).addCallbacks(Number, recover);
    assert.equal(
      inspect(d),
      'Deferred { <not fired>, chain: [ addOne, errback recover, both String, Number or errback recover ] }',
    );
  });

  test('names a function that gets extra arguments, and one without a name', () => {
    const d = new Deferred<number>();
    d.addCallback((n: number, _more: number) => n, 5);
    d.addCallback(Math.max, 7);
    assert.equal(inspect(d), 'Deferred { <not fired>, chain: [ (anonymous), max ] }');
  });

  test('shows whom the chain waits for, and that one who waits for it', () => {
    const inner = new Deferred<number>();
    const outer = succeed()
      .addCallback(() => inner)
      .addCallback(addOne);
    assert.equal(
      inspect(outer),
      'Deferred { <waiting for> Deferred { <not fired>, chain: [ <a Deferred that waits for this one> ] }, chain: [ addOne ] }',
    );
  });

  test('tells that somebody awaits', () => {
    const d = new Deferred<number>();
    void d.toPromise();
    assert.equal(inspect(d), 'Deferred { <not fired>, chain: [ <somebody who looks> ] }');
  });

  test('tells how often it is paused', () => {
    const d = succeed(1);
    d.pause();
    d.pause();
    d.addCallback(addOne);
    assert.equal(inspect(d), 'Deferred { 1, <paused 2>, chain: [ addOne ] }');
  });

  test('does not count the wait for another Deferred as a pause', () => {
    const d = succeed().addCallback(() => new Deferred());
    assert.doesNotMatch(inspect(d), /paused/);
  });

  test('tells that a callback is running', () => {
    const d = succeed(1);
    d.addCallback(() => assert.match(inspect(d), /<running a callback>/));
  });

  test('counts what a long chain has more', () => {
    const d = new Deferred<number>();
    for (let i = 0; i < 1000; i++) d.addCallback(addOne);
    assert.match(inspect(d), /addOne, \.\.\. 990 more \]/);
  });

  test('ends at the depth asked for, however many wait for each other', () => {
    const layers = Array.from({ length: 1000 }, () => new Deferred<number>());
    for (const [i, layer] of layers.entries()) layer.addCallback((n) => layers[i + 1] ?? n);
    for (const layer of layers.slice(0, -1)) layer.callback(0);
    assert.equal(inspect(layers[0]).match(/<waiting for>/g)?.length, 3);
    assert.match(inspect(layers[0]), /<waiting for> \[Deferred\]/);
  });

  test('does not count as looking: the failure is still unhandled', () => {
    const d = fail(new Error('boom'));
    inspect(d);
    assert.match(inspect(d), /<failed>/);
    d.addErrback(() => undefined);
  });
});
