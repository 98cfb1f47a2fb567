import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { DoctorError } from '../errors.ts';
import { withPreload } from './node-options.ts';
import { readRecords } from './read-records.ts';
import { type RecorderSettings, SETTINGS_VARIABLE } from './records.ts';

/** How a program ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ProgramOptions extends RecorderSettings {
  /** Where the program's standard output goes to: a file descriptor. */
  readonly stdout: 1 | 2;
  /** Says something to the user while the program runs. */
  readonly tell: (message: string) => void;
}

/** How long a program may take to end after Ctrl-C before the user is told why it does not. */
const PATIENCE_MS = 2000;
/** How often it is looked after that whether its loop stands still: it may do so later, or be seen to later. */
const LOOK_AGAIN_MS = 500;
/** How long a program whose loop stands still is left alive after the user has been told. */
const GRACE_MS = 1500;
/** How long the program's other processes may take to end after the first one. */
const LEFTOVER_MS = 2000;

/**
 * Runs a program with what records in each of its Node processes, until it ends.
 *
 * @throws {DoctorError} `HEDDLE_DOCTOR_NOT_FOUND`, `HEDDLE_DOCTOR_NOT_RUNNABLE`
 */
export class Program {
  readonly #command: readonly string[];
  readonly #options: ProgramOptions;
  #child: ChildProcess | undefined;
  #interrupts = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(command: readonly string[], options: ProgramOptions) {
    this.#command = command;
    this.#options = options;
  }

  async run(): Promise<Ended> {
    const [name = '', ...args] = this.#command;
    const { folder, threshold, isJudging, stdout } = this.#options;
    const settings: RecorderSettings = { folder, threshold, isJudging };
    const preload = fileURLToPath(new URL('./run/preload.cjs', import.meta.url));
    const listeners: [NodeJS.Signals, () => void][] = [
      ['SIGINT', () => this.#interrupted()],
      ...(['SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const).map((signal): [NodeJS.Signals, () => void] => [
        signal,
        () => this.#child?.kill(signal),
      ]),
    ];
    for (const [signal, listener] of listeners) process.on(signal, listener);
    try {
      return await new Promise<Ended>((resolve, reject) => {
        const child = spawn(name, args, {
          stdio: ['inherit', stdout, 'inherit'],
          // On Windows, npm and npx are scripts that only a shell runs.
          shell: process.platform === 'win32',
          env: {
            ...process.env,
            NODE_OPTIONS: withPreload(preload, process.env['NODE_OPTIONS']),
            [SETTINGS_VARIABLE]: JSON.stringify(settings),
          },
        });
        this.#child = child;
        child.once('error', (error: NodeJS.ErrnoException) => reject(notStarted(name, error)));
        child.once('exit', (code, signal) => resolve({ code, signal }));
      });
    } finally {
      clearTimeout(this.#timer);
      await this.#leftovers();
      for (const [signal, listener] of listeners) process.removeListener(signal, listener);
    }
  }

  /** A terminal sends Ctrl-C to the program as well; whoever signals the doctor alone means the program. */
  #interrupted(): void {
    this.#interrupts += 1;
    if (this.#interrupts > 1) {
      this.#kill();
      return;
    }
    if (![process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY)) this.#child?.kill('SIGINT');
    this.#timer = setTimeout(() => {
      if (!this.#isStuck()) this.#options.tell('Waiting for the program to end; another Ctrl-C ends it now.');
      this.#endStuck();
    }, PATIENCE_MS);
  }

  /** Ends the program when its loop stands still: now, or at some time before it has ended. */
  #endStuck(): void {
    if (!this.#isStuck()) {
      this.#timer = setTimeout(() => this.#endStuck(), LOOK_AGAIN_MS);
      return;
    }
    this.#options.tell(
      `The program's loop stands still, so that it cannot hear Ctrl-C: it is ended in ${GRACE_MS / 1000} s.`,
    );
    this.#timer = setTimeout(() => (this.#isStuck() ? this.#kill() : this.#endStuck()), GRACE_MS);
  }

  #isStuck(): boolean {
    return readRecords(this.#options.folder).some(({ isStuck }) => isStuck);
  }

  #kill(): void {
    for (const pid of this.#alive()) send(pid, 'SIGKILL');
    this.#child?.kill('SIGKILL');
  }

  /** Processes of the program that have not ended: those that were killed have not said so. */
  #alive(): number[] {
    return readRecords(this.#options.folder)
      .filter(({ ended, pid }) => ended === undefined && send(pid, 0))
      .map(({ pid }) => pid);
  }

  async #leftovers(): Promise<void> {
    const end = Date.now() + (this.#interrupts > 1 ? 0 : LEFTOVER_MS);
    let alive = this.#alive();
    while (alive.length > 0 && Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      alive = this.#alive();
    }
    if (alive.length === 0) return;
    this.#options.tell(
      `${alive.length === 1 ? 'A process' : 'Processes'} that the program started (${alive.join(', ')}) ` +
        'still run: the report has what they did so far.',
    );
  }
}

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

function notStarted(name: string, { code, message }: NodeJS.ErrnoException): DoctorError {
  if (code === 'ENOENT') {
    return new DoctorError(
      'HEDDLE_DOCTOR_NOT_FOUND',
      `There is no command ${name}. ` +
        (/\.[cm]?[jt]sx?$/.test(name)
          ? `To run a script, name what runs it: heddle-doctor -- node ${name}`
          : `For one that only the project has, use npx: heddle-doctor -- npx ${name}`),
    );
  }
  return new DoctorError(
    'HEDDLE_DOCTOR_NOT_RUNNABLE',
    code === 'EACCES'
      ? `${name} cannot be run: it is no program, or you may not run it. A script is run by node: heddle-doctor -- node ${name}`
      : `${name} cannot be run: ${message}`,
  );
}
