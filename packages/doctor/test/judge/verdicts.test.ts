import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Judgement } from '#judge';
import { type Ended, run } from './program.ts';

// A program blocks in all these ways, one quarter after the other, since each place takes a while. It checks itself that
// each call gives, throws and changes what it always does.
describe('the judge, of calls in a running program,', () => {
  const quarters: Ended[] = [];
  let lines: readonly string[];
  let judgements: ReadonlyMap<string, Judgement>;

  before(async () => {
    for (let quarter = 1; quarter <= 4; quarter++) quarters.push(await run('places.mjs', [`${quarter}/4`]));
    lines = quarters.flatMap(({ output }) => output.trim().split('\n'));
    judgements = new Map(
      lines.map((line) => {
        const { name, ...judgement } = JSON.parse(line) as Judgement & { readonly name: string };
        return [name, judgement];
      }),
    );
  });

  function judged(name: string): Judgement {
    const judgement = judgements.get(name);
    assert.ok(
      judgement,
      `There is no judgement of ${name}: ${quarters.map(({ output, errors }) => output + errors).join('')}`,
    );
    return judgement;
  }

  function assertWrites(name: string, text: string): void {
    const { verdict, why, write } = judged(name);
    assert.equal(verdict, 'deferrable', why);
    assert.equal(write, text);
  }

  test('changes nothing: the program ends as it does without, and says nothing else', () => {
    for (const { code, errors } of quarters) assert.deepEqual({ code, errors }, { code: 0, errors: '' });
  });

  test('finds an imported function deferrable, and writes the call with its own arguments', () => {
    assertWrites('imported', 'await deferToThread(digest, password, 12)');
    const { measured } = judged('imported');
    assert.ok(measured !== undefined && measured.runMs > 0 && measured.isResultSeen);
    assert.ok(measured.argumentsMs > 0 && measured.resultMs > 0 && measured.loopMs > 0);
  });

  test('reads a function from the namespace of a module, and says that the code around it has to become async', () => {
    assertWrites('namespace', 'deferToThread(library.digest, password, 13)');
    assert.match(judged('namespace').why, /has to become async/);
  });

  test('knows that a field of a class cannot wait, also in an async function', () => {
    assertWrites('fieldOfClass', 'deferToThread(digest, password, 17)');
    assert.match(judged('fieldOfClass').why, /has to become async/);
  });

  test('sees a result that goes straight into another call', () => {
    assertWrites('nestedInCall', 'deferToThread(digest, password, requests.length)');
    assert.equal(judged('nestedInCall').measured?.isResultSeen, true);
  });

  test('sees it in an outer call, where the next one is native, with what is made of it on the way', () => {
    assertWrites('nestedInMethod', 'deferToThread(digest, password, 14)');
    assertWrites('nestedTwice', "deferToThread(() => String(digest(password, 16)) + '!')");
    assert.match(judged('nestedTwice').why, /a string of 6 characters, made of the result, back/);
  });

  test('says so where a result goes into a native function and is not seen', () => {
    assertWrites('nestedInNative', 'deferToThread(digest, password, 15)');
    assert.match(judged('nestedInNative').why, /Its result was not seen/);
  });

  test('lets a function stand in for one call of a native one, whose arguments or result are not to be seen', () => {
    assert.equal(judged('stringify').verdict, 'not worth deferring');
    assert.match(judged('stringify').why, /an array of 250,000 there and a string of [\d,]+ characters back/);
    assert.equal(judged('parseInCall').verdict, 'not worth deferring');
    assert.match(judged('parseInCall').why, /an array of 120,000 back/);
  });

  test('calls nothing to read arguments, and does not judge a call without them', () => {
    assert.equal(judged('unreadableArguments').verdict, 'unknown');
    assert.match(judged('unreadableArguments').why, /^Its arguments could not be read without calling something/);
  });

  test('takes arguments that cannot be read without changing something from the function itself', () => {
    assertWrites('sideEffects', "deferToThread(digest, (n++, 'abc'), n)");
  });

  test('takes a method of an exported object by its address', () => {
    assertWrites('exportedObject', "deferToThread(markdown.parse, 'text')");
  });

  test('finds a method deferrable with a function among its arguments, by the arrow function around the call', () => {
    assertWrites('callback', 'deferToThread(() => each([1, 2], (n) => n + 1))');
    assertWrites('sort', 'deferToThread(() => copy.sort((a, b) => Math.cos(a) - Math.cos(b)))');
  });

  test('awaits the result of an async function', () => {
    assertWrites('awaited', "await deferToThread(slowly, 'text')");
    assert.match(judged('awaited').why, /a string of 4 characters back/);
  });

  test('says that a call threw, wherever that was caught', () => {
    for (const name of ['throwing', 'throwingFurther']) {
      assert.match(judged(name).why, /It threw, so that its result was not seen/);
      assert.equal(judged(name).measured?.isResultSeen, false);
    }
  });

  test('watches the call itself, and not those that it makes of itself', () => {
    assertWrites('recursiveLibrary', 'deferToThread(nested, 3)');
    assert.match(judged('recursiveLibrary').why, /a string of 3 characters back/);
    assert.equal(judged('recursive').verdict, 'deferrable');
  });

  test('watches calls in generators', () => {
    assertWrites('generator', 'deferToThread(digest, password, 1)');
  });

  test("defers a loop of the program's own with the function that it is in, as its caller calls it", () => {
    assertWrites('ownLoop', 'deferToThread(countPrimes, 300_000)');
  });

  test('says that a copy would be changed where something is changed in place', () => {
    assert.equal(judged('inPlace').verdict, 'not deferrable');
    assert.match(judged('inPlace').why, /^It changes what it is called on, and a thread would change a copy/);
    assert.match(judged('argumentsInPlace').why, /what it changes in its arguments, it would change in copies/);
  });

  test('names the argument, the path and the class that cannot be copied', () => {
    const { verdict, why } = judged('socketInArguments');
    assert.equal(verdict, 'not deferrable');
    assert.match(why, /^Its argument request holds an instance of Socket \(args\[0\]\.connection\.socket\)/);
  });

  test('says what a method is called on, and what is given, where that cannot be copied', () => {
    assert.equal(judged('instance').verdict, 'not deferrable');
    assert.match(judged('instance').why, /^It is called on an instance of Renderer/);
    assert.equal(judged('instanceAsResult').verdict, 'not deferrable');
    assert.match(judged('instanceAsResult').why, /^It gives an instance of Account/);
  });

  test('does not ask a class for its name that makes it by a getter', () => {
    assert.equal(judged('nameByGetter').verdict, 'not deferrable');
    assert.match(judged('nameByGetter').why, /^It gives an object with a prototype of its own, which cannot be copied/);
  });

  test('does not take what has inherited a method for what the method is a property of', () => {
    const { verdict, why } = judged('inherited');
    assert.equal(verdict, 'not deferrable');
    assert.match(why, /^It is called on an object with a prototype of its own, which cannot be copied/);
  });

  test('judges the call around a place where many short calls block, and says which one that is', () => {
    const { verdict, why, around } = judged('manyShort');
    assert.equal(verdict, 'not deferrable');
    assert.match(why, /^Its argument options holds a function \(args\[1\]\.code\)/);
    assert.equal(around?.call, "page('text', options)");
    assert.match(around.file, /places\.mjs$/);
    assert.ok(around.line > 0 && Number(around.innerMs) < 5 && around.isOutermost);
    assert.equal(around.functionName, 'run');
  });

  test('has the call around deferred where that can be', () => {
    assertWrites('manyShortOfData', 'deferToThread(() => words.map((word) => shorten(word)))');
    const { around } = judged('manyShortOfData');
    assert.equal(around?.call, 'words.map((word) => shorten(word))');
    assert.equal(around.isOutermost, false);
  });

  test('says so where a short call has no call of the program around it', () => {
    const { verdict, why, around } = judged('shortOfNode');
    assert.equal(verdict, 'unknown');
    assert.match(
      why,
      /^The call that was watched took .* too short to tell\. No call of the program's own is around it\.$/,
    );
    assert.equal(around, undefined);
  });

  test('does not defer what reads as a property', () => {
    assert.equal(judged('getter').verdict, 'not deferrable');
    assert.match(judged('getter').why, /getter/);
  });

  test('finds a large result not worth it, and a part of it worth it', () => {
    for (const name of ['parse', 'largeResult']) {
      const { verdict, why, measured } = judged(name);
      assert.equal(verdict, 'not worth deferring', why);
      assert.ok(measured !== undefined && measured.loopMs > measured.runMs / 2);
    }
    assertWrites('parsePart', 'deferToThread(() => JSON.parse(objects)[0].name)');
  });

  test('chops the loop of a function that gets what cannot be copied, and counts its steps', () => {
    const { verdict, why, write } = judged('handler');
    assert.equal(verdict, 'chop');
    assert.match(
      why,
      /^It is a loop of 30,000 steps of .*its parameter request holds an instance of Socket \(args\[0\]\.socket\)/,
    );
    assert.equal(
      write,
      'function* handle(request, limit = 300) { for (const part of request.parts) { …; yield; } }\nawait cooperate(handle(request, limit)).whenDone()',
    );
  });

  test('chops the loop of an async function that goes on behind an await, and not a loop that waits itself', () => {
    assert.match(judged('asyncHandler').why, /^It is a loop of 30,000 steps of /);
    assert.match(judged('asyncHandler').write ?? '', /\(function\* \(\) \{ for \(const part of parts\) /);
    assert.match(judged('loopThatWaits').why, /^It is a loop of 2,000,000 steps of /);
    assert.match(judged('loopThatWaits').write ?? '', /\(function\* \(\) \{ for \(let n = 0; n < size; n\+\+\) /);
  });

  test('has very many short callbacks made the steps of a task', () => {
    const { verdict, why, write } = judged('shortCallbacks');
    assert.equal(verdict, 'chop', why);
    assert.match(why, /called very often in one turn of the loop/);
    assert.equal(write, 'await cooperate((function* () { for (…) { check(id); yield; } })()).whenDone()');
  });

  test("writes Node's asynchronous function, with the call's own arguments", () => {
    const { verdict, write } = judged('readFile');
    assert.equal(verdict, 'asynchronous');
    assert.equal(
      write,
      "import { readFile } from 'node:fs/promises';\nawait readFile(new URL(import.meta.url), 'utf8')",
    );
  });

  test('says when it held up the program itself', () => {
    type HeldUp = { readonly name: string; readonly count: number; readonly areTimes: boolean };
    const held = lines.map((line) => JSON.parse(line) as HeldUp).filter(({ name }) => name === 'heldUp');
    // It arms and watches each place.
    assert.ok(held.reduce((sum, { count }) => sum + count, 0) > judgements.size);
    assert.ok(held.every(({ areTimes }) => areTimes));
  });

  test('never tells a value', () => {
    for (const { output } of quarters) assert.doesNotMatch(output, /hunter2|name 0/);
  });
});
