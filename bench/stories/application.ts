import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import path from 'node:path';
import type { Installed, Variant } from './install.ts';
import type { Application, Story } from './story.ts';

/** Milliseconds in which an application starts, or does its work. */
const DEADLINE = 120_000;
/** Characters of what it has said last. */
const TAIL = 200_000;

/** An application that runs in a process of its own, possibly under another command. */
export class RunningApplication implements Application {
  readonly folder: string;
  readonly origin: string;
  readonly #process: ChildProcess;
  #output = '';
  #waiting: { text: RegExp; resolve: () => void } | undefined;

  private constructor(child: ChildProcess, folder: string, origin: string) {
    this.folder = folder;
    this.origin = origin;
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => this.#hear(chunk));
    }
  }

  /** @param under a command in front of the application's own */
  static async start(
    story: Story,
    { modules }: Installed,
    { folder }: Variant,
    under: readonly string[] = [],
  ): Promise<RunningApplication> {
    const port = await freePort();
    const [command = '', ...args] = [...under, ...story.command(port)];
    const child = spawn(command, args, {
      cwd: folder,
      env: { ...process.env, PATH: searchPath(modules), NO_COLOR: '1', NODE_ENV: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const application = new RunningApplication(child, folder, `http://127.0.0.1:${port}`);
    await application.says(story.ready);
    return application;
  }

  // By itself, since stories take it apart.
  readonly says = (text: RegExp): Promise<void> => {
    this.#output = '';
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => {
        reject(new Error(`${this.#process.spawnargs.join(' ')} ${why}. It said: ${this.#output}`));
      };
      const timer = setTimeout(() => fail(`did not say ${text} within ${DEADLINE} ms`), DEADLINE);
      const gone = (): void => fail('has ended');
      this.#process.once('exit', gone);
      this.#waiting = {
        text,
        resolve: () => {
          clearTimeout(timer);
          this.#process.off('exit', gone);
          resolve();
        },
      };
    });
  };

  /**
   * Ctrl-C, for it alone.
   *
   * @returns what it has said since it was last waited for something that it says
   */
  async stop(): Promise<string> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return this.#output;
    // When its output has been read to the end, too.
    const gone = once(this.#process, 'close');
    this.#process.kill('SIGINT');
    // A program may hold on to its connections.
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), 30_000);
    await gone;
    clearTimeout(timer);
    return this.#output;
  }

  #hear(chunk: string): void {
    this.#output = (this.#output + chunk).slice(-TAIL);
    if (this.#waiting?.text.test(this.#output) !== true) return;
    const { resolve } = this.#waiting;
    this.#waiting = undefined;
    resolve();
  }
}

/** `node` is the Node that runs this, and the application's own commands are found. */
function searchPath(modules: string): string {
  return [path.dirname(process.execPath), path.join(modules, '.bin'), process.env['PATH']].join(path.delimiter);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('A server on 127.0.0.1 has a port.');
  return address.port;
}
