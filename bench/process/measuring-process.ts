import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Answer, Question } from './question.ts';

/** The longest that a measure may take, in milliseconds. */
const DEADLINE = 120_000;

/** A process that measures one peer, and waits while others are measured. */
export class MeasuringProcess {
  readonly #what: string;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;
  readonly #exited: Promise<void>;

  /** @param what names it in errors */
  constructor(what: string, command: string, args: readonly string[]) {
    this.#what = what;
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    // It may end before anybody waits for that.
    this.#exited = new Promise((resolve) => {
      this.#child.on('exit', () => resolve());
      // Whoever waits for its next line hears of it.
      this.#child.on('error', () => resolve());
    });
    this.#child.stdin.on('error', () => undefined);
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** The next line of its output; `undefined` when it has ended, or could not be started. */
  async line(): Promise<string | undefined> {
    const deadline = setTimeout(() => this.#child.kill('SIGKILL'), DEADLINE);
    const { done, value } = await this.#lines.next();
    clearTimeout(deadline);
    return done === true ? undefined : value;
  }

  /** @throws Error when the process has ended instead, or the measure has failed */
  async ask(question: Question): Promise<Answer> {
    this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    const line = await this.line();
    if (line === undefined)
      throw new Error(`${this.#what} has ended, or was stuck for two minutes, in ${question.measure}.`);
    const answer = answerIn(line);
    // What a library prints for its users may come between.
    if (answer === undefined) throw new Error(`${this.#what} gave no answer in ${question.measure}, but: ${line}`);
    if ('error' in answer) throw new Error(`${this.#what} failed in ${question.measure}: ${answer.error}`);
    return answer;
  }

  async end(): Promise<void> {
    const deadline = setTimeout(() => this.#child.kill('SIGKILL'), DEADLINE);
    this.#child.stdin.end();
    await this.#exited;
    clearTimeout(deadline);
  }
}

/** `undefined` for what is none, such as a figure that is no number. */
function answerIn(line: string): Answer | undefined {
  try {
    const answer: unknown = JSON.parse(line);
    if (typeof answer !== 'object' || answer === null) return undefined;
    const isAnswer = 'error' in answer || 'reason' in answer || Object.values(answer).every(Number.isFinite);
    return isAnswer ? (answer as Answer) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a process can be kept on one processor here. */
export const canBind: boolean = spawnSync('taskset', ['-c', '0', 'true']).status === 0;

/** A Node process that measures the peer of that name, where that is asked for on one processor only. */
export function nodeProcess(node: string, peer: string, onOneProcessor = false): MeasuringProcess {
  const bound = onOneProcessor ? ['taskset', '-c', '0'] : [];
  const host = fileURLToPath(new URL('host.mjs', import.meta.url));
  const [command = node, ...args] = [...bound, node, host, peer];
  return new MeasuringProcess(peer, command, args);
}

/** Twisted's process and its version; `undefined` where Debian's python3-twisted is not installed. */
export async function twistedProcess(): Promise<{ process: MeasuringProcess; version: string } | undefined> {
  const script = fileURLToPath(new URL('twisted-host.py', import.meta.url));
  const process = new MeasuringProcess('Twisted', '/usr/bin/python3', [script]);
  const version = await process.line();
  return version === undefined ? undefined : { process, version };
}
