import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as elapse } from 'node:timers/promises';
import { promisify } from 'node:util';
import { HANGS_MS } from '../support/hangs.ts';
import { missingHere } from '../support/missing-here.ts';

const run = promisify(execFile);

/** The reason where there is no terminal to test with. */
export const noTmux: string | false = missingHere(
  "tmux, the terminal of these tests (Debian's tmux)",
  spawnSync('tmux', ['-V']).status === 0,
);

export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A real pseudo-terminal with a shell in it, drawn by tmux, which has a server of its own for each. */
export class Terminal {
  readonly #socket: string;

  static async open(t: TestContext, { columns = 100, rows = 30 } = {}): Promise<Terminal> {
    // What is to be done first at the end is said first.
    t.after(() => terminal.#tmux('kill-server').catch(() => {}));
    const terminal = new Terminal(path.join(temporaryFolder(t), 'tmux'));
    const size = ['-x', String(columns), '-y', String(rows)];
    await terminal.#tmux('-f', '/dev/null', 'new-session', '-d', ...size, 'PS1="prompt> " exec sh');
    await terminal.until((lines) => lines.includes('prompt>'));
    return terminal;
  }

  constructor(socket: string) {
    this.#socket = socket;
  }

  /** Types a line and Enter. */
  async enter(line: string): Promise<void> {
    await this.#tmux('send-keys', '-l', line);
    await this.press('Enter');
  }

  /** Presses keys, by the names that tmux gives them. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.#tmux('send-keys', ...keys);
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux('resize-window', '-x', String(columns), '-y', String(rows));
  }

  /** What is on the screen. @param withStyles with what colours it, as the terminal would be told */
  async lines(withStyles = false): Promise<string[]> {
    const { stdout } = await this.#tmux('capture-pane', '-p', ...(withStyles ? ['-e'] : []));
    return stdout.split('\n').slice(0, -1);
  }

  /** What the terminal says of itself, such as `cursor_flag`. */
  async tell(variable: string): Promise<string> {
    const { stdout } = await this.#tmux('display-message', '-p', `#{${variable}}`);
    return stdout.trim();
  }

  /** Waits until something is to be seen. */
  async until(isSo: (lines: readonly string[]) => boolean): Promise<string[]> {
    const deadline = Date.now() + HANGS_MS;
    for (;;) {
      const lines = await this.lines();
      if (isSo(lines)) return lines;
      assert.ok(Date.now() < deadline, `This stays on the screen:\n${lines.join('\n')}`);
      await elapse(20);
    }
  }

  #tmux(...args: readonly string[]): Promise<{ stdout: string }> {
    const env = { ...process.env, TMUX: '', TERM: 'xterm-256color', LANG: 'C.UTF-8', NO_COLOR: '' };
    return run('tmux', ['-u', '-S', this.#socket, ...args], { env });
  }
}
