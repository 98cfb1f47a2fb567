import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { constants } from 'node:os';
import { htmlReport } from '../report/html.ts';
import { type Report, reportOf } from '../report/report.ts';
import { textReport } from '../report/text.ts';
import { attach } from '../run/attach.ts';
import { Program } from '../run/program.ts';
import { type RecordedProcess, readRecords } from '../run/read-records.ts';
import { topCommand } from '../top/top-command.ts';
import { type Arguments, readArguments } from './arguments.ts';
import { DoctorError, FAILED_OVER } from '../errors.ts';
import { help } from './help.ts';

/**
 * The command `heddle-doctor`.
 *
 * @param args what stands behind its name
 * @returns the exit code
 */
export async function main(args: readonly string[]): Promise<number> {
  // Whoever was to read the report has gone, or the terminal (EIO); the program is watched to its end, and its exit code
  // passed on.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    });
  }
  try {
    return await act(readArguments(args));
  } catch (error) {
    if (!(error instanceof DoctorError)) throw error;
    tell(error.message);
    return error.exitCode;
  }
}

async function act(args: Arguments): Promise<number> {
  switch (args.action) {
    case 'help':
      process.stdout.write(help);
      return 0;
    case 'version':
      process.stdout.write(`${version()}\n`);
      return 0;
    case 'top':
      return topCommand(args.command);
    default:
      return examine(args);
  }
}

async function examine(args: Arguments): Promise<number> {
  if (args.action === 'run' && !args.command[0]) {
    throw new DoctorError(
      'HEDDLE_DOCTOR_NO_COMMAND',
      'Which program? Name it as you start it: heddle-doctor -- node server.js. See heddle-doctor --help.',
    );
  }
  // Before the program runs, not when it has run for hours.
  for (const file of [args.json, args.html]) {
    if (file !== undefined && file !== '-') writing(file, () => tryOut(file));
  }
  const folder = writing(tmpdir(), () => mkdtempSync(path.join(tmpdir(), 'heddle-doctor-')));
  try {
    const report = args.attach === undefined ? await run(args, folder) : await attachTo(args, args.attach, folder);
    write(report, args);
    return exitCode(report, args);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run({ command, threshold, isJudging, json }: Arguments, folder: string): Promise<Report> {
  tell(`watching ${command.join(' ')}; Ctrl-C ends it and prints the report.`);
  const began = Date.now();
  const program = new Program(command, { folder, threshold, isJudging, stdout: json === '-' ? 2 : 1, tell });
  const { code, signal } = await program.run();
  const processes = recordsIn(folder);
  // Of what nobody has watched, it cannot be said that nothing blocked it.
  if (processes.every(({ failure }) => failure !== undefined)) {
    throw notWatched(command, signal ?? `exit code ${code}`, processes[0]?.failure);
  }
  const run = { command, began, ended: Date.now(), threshold, exitCode: code, signal, notes: [], isJudging };
  return reportOf(run, processes);
}

function notWatched(command: readonly string[], ending: string, failure: string | undefined): DoctorError {
  const options = `${command.join(' ')} ${process.env['NODE_OPTIONS'] ?? ''}`;
  const why = /--(?:experimental-)?permission\b/.test(options)
    ? 'it runs under --permission, which keeps out what would watch it. Run it without that for the doctor.'
    : (failure ?? 'it runs no Node, or starts it without the NODE_OPTIONS it is given, by which the doctor comes in.');
  const watched = failure === undefined ? 'seen' : 'to be watched';
  return new DoctorError(
    'HEDDLE_DOCTOR_NOT_WATCHED',
    `${command.join(' ')} ended with ${ending}, and no Node process was ${watched} in it: ${why}`,
  );
}

/** Whatever empties the folder for temporary files takes them with it: then nothing can be said. */
function recordsIn(folder: string): RecordedProcess[] {
  if (existsSync(folder)) return readRecords(folder);
  throw new DoctorError(
    'HEDDLE_DOCTOR_NOT_WATCHED',
    `${folder}, in which the program's processes write down what they see, was removed while the program ran.`,
  );
}

async function attachTo({ threshold, isJudging }: Arguments, pid: number, folder: string): Promise<Report> {
  const { began, ended, notes } = await attach(pid, { folder, threshold, isJudging, tell });
  const processes = recordsIn(folder);
  const command = processes.find((one) => one.pid === pid)?.start?.command ?? [];
  return reportOf({ command, began, ended, threshold, exitCode: null, signal: null, notes, isJudging }, processes);
}

function write(report: Report, { json, html }: Arguments): void {
  const text = `${JSON.stringify(report, undefined, 2)}\n`;
  if (json === '-') process.stdout.write(text);
  else process.stdout.write(`\n${textReport(report, terminal())}`);
  if (json !== undefined && json !== '-') {
    writing(json, () => writeFileSync(json, text));
    tell(`the report as JSON: ${json}`);
  }
  if (html !== undefined) {
    writing(html, () => writeFileSync(html, htmlReport(report)));
    tell(`the report as a page: ${html}`);
  }
}

function terminal(): { columns: number; hasColours: boolean } {
  const { stdout } = process;
  // `hasColors` honours NO_COLOR, FORCE_COLOR and what the terminal can do.
  // A terminal that has not been told its size says 0.
  return { columns: stdout.columns || 80, hasColours: stdout.isTTY && stdout.hasColors() };
}

function exitCode({ longest, exitCode, signal }: Report, { failOver }: Arguments): number {
  if (failOver !== undefined && longest > failOver) {
    tell(`the loop was blocked for ${Math.round(longest)} ms, longer than --fail-over ${failOver} allows.`);
    return FAILED_OVER;
  }
  if (signal !== null) return 128 + (constants.signals[signal as NodeJS.Signals] ?? 0);
  return exitCode ?? 0;
}

/** Whatever keeps a file from being written, or a folder from being made, said in words. */
function writing<T>(file: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw new DoctorError('HEDDLE_DOCTOR_CANNOT_WRITE', `${file} cannot be written: ${(error as Error).message}`);
  }
}

/** Finds out whether a file can be written, and leaves it as it is: perhaps there will be no report. */
function tryOut(file: string): void {
  const isThere = existsSync(file);
  writeFileSync(file, '', { flag: 'a' });
  // Of a link that led nowhere, what it leads to has been made.
  if (!isThere) rmSync(realpathSync(file));
}

/** Progress and errors: the standard output belongs to the program and the report. */
function tell(message: string): void {
  process.stderr.write(`heddle-doctor: ${message}\n`);
}

function version(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return manifest.version;
}
