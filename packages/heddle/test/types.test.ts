/**
 * Compiles the files in `types/` with the TypeScript of this workspace. What a call returns is asserted there, as
 * types; what the compiler says to a mistake stands there behind `@ts-expect-error` and is asserted here, as is
 * what the types cost.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const packageFolder = fileURLToPath(new URL('../../', import.meta.url));
const sources = path.join(packageFolder, 'test/types');
const typescript = createRequire(import.meta.url).resolve('typescript/package.json');
const tsc = path.join(path.dirname(typescript), 'bin/tsc');

/** Compiles one project and resolves with what the compiler prints, whether or not it found errors. */
function compile(folder: string, ...options: string[]): Promise<string> {
  return new Promise((resolve) => {
    const tscArguments = [tsc, '-p', folder, '--pretty', 'false', ...options];
    execFile(process.execPath, tscArguments, { cwd: folder, encoding: 'utf8' }, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
}

interface Message {
  readonly file: string;
  readonly line: number;
  text: string;
}

/** The compiler's messages; the indented lines that explain one belong to it. */
function parseMessages(output: string): Message[] {
  const messages: Message[] = [];
  for (const line of output.split(/\r?\n/)) {
    const [, file, lineNumber, text] = /^(.+?)\((\d+),\d+\): error TS\d+: (.*)$/.exec(line) ?? [];
    const last = messages.at(-1);
    if (file !== undefined && text !== undefined) messages.push({ file, line: Number(lineNumber), text });
    else if (last !== undefined && line.startsWith(' ')) last.text += `\n${line}`;
    else assert.equal(line.trim(), '', 'a line of the compiler that is no message');
  }
  return messages;
}

interface Expectation {
  readonly line: number;
  readonly text: string;
  readonly call: string;
}

/** The texts behind the directives of a source, each with the line that follows it. */
function parseExpectations(source: string): Expectation[] {
  const lines = source.split('\n');
  return lines.flatMap((directive, index) => {
    const text = /@ts-expect-error (.+)$/.exec(directive)?.[1];
    return text === undefined ? [] : [{ line: index + 2, text, call: lines[index + 1]?.trim() ?? '' }];
  });
}

/** A folder as deep as the type tests' own, so that their relative imports work in it. */
async function emptyFolder(name: string): Promise<string> {
  const folder = path.join(packageFolder, 'build', name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return folder;
}

suite('the types', () => {
  test('give every call its exact result and refuse every mistake', async () => {
    assert.equal(await compile(sources), '');
  });

  suite('answer a mistake', async () => {
    const mistakes = await readFile(path.join(sources, 'defer-mistakes.tst.ts'), 'utf8');
    const expected = parseExpectations(mistakes);
    let messages: Message[] = [];

    before(async () => {
      const folder = await emptyFolder('type-mistakes');
      await cp(sources, folder, { recursive: true });
      await rm(path.join(folder, 'defer-results.tst.ts'));
      await writeFile(path.join(folder, 'defer-mistakes.tst.ts'), mistakes.replaceAll('@ts-expect-error', 'refused:'));
      messages = parseMessages(await compile(folder));
    });

    for (const { line, text, call } of expected) {
      test(`with "${text}": ${call}`, () => {
        const found = messages.filter((message) => message.line === line).map((message) => message.text);
        assert.equal(found.length, 1, `one message was expected, not ${found.length}`);
        assert.ok(found[0]?.includes(text), `expected: ${text}\nthe compiler says: ${found[0]}`);
      });
    }

    test('and say nothing else', () => {
      const expectedLines = new Set(expected.map(({ line }) => line));
      assert.deepEqual(
        messages.filter((message) => !expectedLines.has(message.line)),
        [],
      );
    });
  });

  test('hold where the program names a lib that is older than some of what they speak of', async () => {
    const folder = await emptyFolder('type-older-lib');
    await cp(path.join(sources, 'tsconfig.json'), path.join(folder, 'tsconfig.json'));
    const program = [
      "import { readFileSync } from 'node:fs';",
      "import { deferToThread } from 'heddle';",
      'declare function half(of: number): number;',
      "export const none = deferToThread(half, 'text');",
      "export const text: Promise<string> = deferToThread(readFileSync, 'file', 'utf8');",
    ];
    await writeFile(path.join(folder, 'program.ts'), program.join('\n'));
    const messages = parseMessages(await compile(folder, '--lib', 'es2018', '--skipLibCheck'));
    const text = "Argument of type 'string' is not assignable to parameter of type 'number'.";
    assert.deepEqual(messages, [{ file: 'program.ts', line: 4, text }]);
  });

  test('cost the compiler at most 450 instantiations a call', async () => {
    const calls = 200;
    const folder = await emptyFolder('type-cost');
    await cp(sources, folder, { recursive: true });
    await rm(path.join(folder, 'defer-results.tst.ts'));
    await rm(path.join(folder, 'defer-mistakes.tst.ts'));
    const without = await instantiations(folder);
    await writeFile(path.join(folder, 'calls.ts'), callsOfDistinctFunctions(calls));
    const each = ((await instantiations(folder)) - without) / calls;
    assert.ok(each > 0, 'the compiler has seen the calls');
    assert.ok(each <= 450, `${each} instantiations a call`);
  });
});

async function instantiations(folder: string): Promise<number> {
  const output = await compile(folder, '--extendedDiagnostics');
  assert.doesNotMatch(output, /error TS/);
  const found = /^Instantiations:\s+(\d+)$/m.exec(output);
  assert.ok(found !== null, output);
  return Number(found[1]);
}

/** Of four functions two have one signature, one is generic, one overloaded; no two share a type. */
function callsOfDistinctFunctions(count: number): string {
  const lines = ["import { deferToThread } from './subject.ts';"];
  for (let i = 0; i < count; i += 4) {
    lines.push(
      `declare function plain${i}(text: string, at: { x${i}: number }, when?: Date): Promise<{ y${i}: string }>;`,
      `export const a${i} = deferToThread(plain${i}, 'text', { x${i}: 1 });`,
      `declare function list${i}(label: string, ...values: { x${i}: number }[]): { y${i}: string }[];`,
      `export const b${i} = deferToThread(list${i}, 'label', { x${i}: 1 });`,
      `declare function generic${i}<T>(value: T, at: { x${i}: number }): { y${i}: T };`,
      `export const c${i} = deferToThread(generic${i}, 'text', { x${i}: 1 });`,
      `declare function both${i}(text: string): { x${i}: string };`,
      `declare function both${i}(count: number): { y${i}: number };`,
      `export const d${i} = deferToThread(both${i}, 1);`,
    );
  }
  return lines.join('\n');
}
