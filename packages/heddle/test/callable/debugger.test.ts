import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { DebuggerClient } from '../support/debugger-client.ts';
import { notInThisNode } from '../support/skip.ts';

const heddle = import.meta.resolve('heddle');

const work = ['export function work(n) {', '  const twice = n * 2;', '  return twice;', '}', ''];

const entry = [
  `import { deferToThread } from ${JSON.stringify(heddle)};`,
  "import { work } from './work.mjs';",
  '',
  'function afterwards() {',
  "  return 'afterwards';",
  '}',
  '',
  "process.stdin.once('data', async () => {",
  '  const by = 3;',
  '  console.log(await deferToThread(work, 10));',
  '  console.log(',
  '    await deferToThread((n) => {',
  '      const product = n * by;',
  '      return product;',
  '    }, 11),',
  '  );',
  '  console.log(afterwards());',
  "  console.log((await import('./late.mjs')).late);",
  '  process.stdin.destroy();',
  '});',
  "console.log('ready');",
  '',
];

/** The line, counted from 1, that holds this text. */
const lineOf = (lines: readonly string[], text: string): number => lines.findIndex((line) => line.includes(text)) + 1;

describe('with a debugger attached', { skip: notInThisNode('WebSocket') }, () => {
  let folder = '';
  let program: Program;
  let client: DebuggerClient;

  beforeEach(async () => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'heddle-debugger-')));
    write('work.mjs', work);
    write('late.mjs', ["export const late = 'late';"]);
    write('entry.mjs', entry);
    await start();
  });
  afterEach(() => {
    end();
    rmSync(folder, { recursive: true });
  });

  async function start(): Promise<void> {
    program = new Program(path.join(folder, 'entry.mjs'));
    client = await DebuggerClient.attach(await program.listening());
    await program.wrote('ready\n');
  }

  function end(): void {
    client.close();
    program.end();
  }

  function write(name: string, lines: readonly string[]): string {
    const file = path.join(folder, name);
    writeFileSync(file, lines.join('\n'));
    return file;
  }

  function urlOf(name: string): string {
    return pathToFileURL(path.join(folder, name)).href;
  }

  test('a breakpoint stops an exported function, and a captured one of the entry, in the thread', async () => {
    await client.ask('NodeWorker.enable', { waitForDebuggerOnStart: true });
    program.write('go\n');
    const thread = await client.thread();
    await thread.ask('Debugger.enable');
    const inWork = { url: urlOf('work.mjs'), line: lineOf(work, 'return twice') };
    const inEntry = { url: urlOf('entry.mjs'), line: lineOf(entry, 'return product') };
    await thread.breakAt(inWork.url, inWork.line);
    await thread.breakAt(inEntry.url, inEntry.line);
    await thread.run();

    assert.deepEqual(await thread.paused(), inWork);
    await thread.resume();
    await program.wrote('20\n');
    assert.deepEqual(await thread.paused(), inEntry);
    await thread.resume();
    await program.wrote('33\nafterwards\nlate\n');
  });

  test('a captured function leads it to the source map of its script', async () => {
    write('entry.mjs', [...entry, '//# sourceMappingURL=entry.mjs.map']);
    end();
    await start();
    await client.ask('NodeWorker.enable', { waitForDebuggerOnStart: true });
    program.write('go\n');
    const thread = await client.thread();
    await thread.ask('Debugger.enable');
    await thread.run();
    for (;;) {
      const { url, sourceMapURL } = await thread.event('Debugger.scriptParsed');
      if (url !== urlOf('entry.mjs')) continue;
      assert.equal(sourceMapURL, 'entry.mjs.map');
      break;
    }
    await program.wrote('late\n');
  });

  test('its breakpoints in the main thread hold, and it hears of modules, while Heddle asks the inspector', async () => {
    await client.ask('Debugger.enable');
    const inEntry = { url: urlOf('entry.mjs'), line: lineOf(entry, "return 'afterwards'") };
    await client.breakAt(inEntry.url, inEntry.line);
    program.write('go\n');
    assert.deepEqual(await client.paused(), inEntry);
    // What it has printed by then may come later than what the inspector says.
    await program.wrote('20\n33\n');
    await client.resume();
    await program.wrote('late\n');
    for (;;) {
      const { url } = await client.event('Debugger.scriptParsed');
      if (url === urlOf('late.mjs')) break;
    }
  });

  for (const options of ['--inspect-brk', '--inspect-wait', '--expose-gc --title heddle --inspect-wait']) {
    test(`calls are answered where the program waited for one that knows of no threads: ${options}`, async () => {
      end();
      program = new Program(path.join(folder, 'entry.mjs'), options.split(' '));
      client = await DebuggerClient.attach(await program.listening());
      await client.ask('Debugger.enable');
      await client.ask('Runtime.runIfWaitingForDebugger');
      if (options === '--inspect-brk') {
        await client.paused();
        await client.resume();
      }
      program.write('go\n');
      await program.wrote('20\n33\nafterwards\nlate\n');
    });
  }

  test('it keeps its threads while Heddle asks one of them where it is', async () => {
    write('work.mjs', ['export function work(n) {', '  for (;;) n++;', '}', 'export const other = (n) => n + 1;']);
    write('entry.mjs', [
      `import { deferToThread } from ${JSON.stringify(heddle)};`,
      "import { other, work } from './work.mjs';",
      "process.stdin.once('data', async () => {",
      '  let rounds = 0;',
      "  for (let stack = ''; !stack.includes('work.mjs'); rounds++) {",
      '    const limits = { runTimeout: 100 * 2 ** rounds, grace: 0 };',
      '    ({ stack } = await deferToThread.with(limits)(work, 1).catch((error) => error));',
      '  }',
      '  console.log(await deferToThread(other, rounds));',
      '});',
      "console.log('ready');",
    ]);
    end();
    await start();
    await client.ask('NodeWorker.enable', { waitForDebuggerOnStart: false });
    program.write('go\n');
    await program.wrote('\n', 'ready\n'.length);
    const threads = Number(/^ready\n(\d+)\n/.exec(program.output)?.[1]);
    for (let ended = 1; ended < threads; ended++) await client.thread();
    const last = await client.thread();
    const { result } = await last.ask<{ result: { value: number } }>('Runtime.evaluate', { expression: '6 * 7' });
    assert.equal(result.value, 42);
  });
});

/** A program that listens for a debugger. */
class Program {
  readonly #child: ChildProcess;
  readonly #listeners = new Set<() => void>();
  output = '';
  #errors = '';

  constructor(file: string, options: readonly string[] = ['--inspect']) {
    this.#child = spawn(process.execPath, [...options, '--inspect-port=127.0.0.1:0', file], {
      timeout: 60_000,
      killSignal: 'SIGKILL',
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.output += text;
      for (const look of this.#listeners) look();
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#errors += text;
      for (const look of this.#listeners) look();
    });
  }

  async listening(): Promise<string> {
    await this.#until(() => this.#errors.includes('ws://') && this.#errors.includes('\n'));
    return /ws:\/\/\S+/.exec(this.#errors)?.[0] as string;
  }

  /** Settles when the program has written this, after so many characters. */
  wrote(text: string, from: number = 0): Promise<void> {
    return this.#until(() => this.output.includes(text, from));
  }

  write(text: string): void {
    this.#child.stdin?.write(text);
  }

  end(): void {
    this.#child.kill('SIGKILL');
  }

  async #until(holds: () => boolean): Promise<void> {
    const ended = once(this.#child, 'exit').then(() => {
      if (!holds()) throw new Error(`The program ended. It wrote:\n${this.output}\n${this.#errors}`);
    });
    const seen = new Promise<void>((resolve) => {
      const look = (): void => {
        if (!holds()) return;
        this.#listeners.delete(look);
        resolve();
      };
      this.#listeners.add(look);
      look();
    });
    await Promise.race([seen, ended]);
  }
}
