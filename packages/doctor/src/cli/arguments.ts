import path from 'node:path';
import { DoctorError } from '../errors.ts';

/** What the command line asks for. */
export interface Arguments {
  readonly action: 'run' | 'attach' | 'top' | 'help' | 'version';
  /** The program and its arguments; for `top` its arguments. */
  readonly command: readonly string[];
  readonly attach: number | undefined;
  /** Milliseconds. */
  readonly threshold: number;
  /** Whether it is tried out what to write instead. */
  readonly isJudging: boolean;
  readonly failOver: number | undefined;
  /** A file, or `'-'` for the standard output. */
  readonly json: string | undefined;
  readonly html: string | undefined;
}

const DEFAULT_THRESHOLD = 50;
/** What the watch of the loop takes: from a millisecond to a day. */
const SHORTEST_MS = 1;
const LONGEST_MS = 86_400_000;

/**
 * Reads the command line: options, then the program with its arguments, with or without a `--` between them.
 *
 * @throws {DoctorError} `HEDDLE_DOCTOR_USAGE` for what it does not know
 */
export function readArguments(args: readonly string[]): Arguments {
  const found: { -readonly [Key in keyof Arguments]: Arguments[Key] } = {
    action: 'run',
    command: [],
    attach: undefined,
    threshold: DEFAULT_THRESHOLD,
    isJudging: true,
    failOver: undefined,
    json: undefined,
    html: undefined,
  };
  const rest = [...args];
  let threshold: number | undefined;
  const done = (): Arguments => checked({ ...found, threshold: threshold ?? defaultThreshold(found) });
  while (rest.length > 0) {
    const argument = rest.shift() as string;
    if (argument === '--') {
      found.command = rest;
      return done();
    }
    if (!argument.startsWith('-')) {
      if (argument === 'top') {
        refuseBeforeTop(args.slice(0, args.length - rest.length - 1));
        return { ...found, action: 'top', command: rest };
      }
      found.command = [argument, ...rest];
      return done();
    }
    const [name, inline] = splitOption(argument);
    const value = (): string => (inline ?? (rest[0]?.startsWith('--') ? '' : rest.shift())) || missing(name);
    if (inline !== undefined && FLAGS.has(name)) {
      throw new DoctorError(
        'HEDDLE_DOCTOR_USAGE',
        `${name} takes no value, and not ${inline}. See heddle-doctor --help.`,
      );
    }
    switch (name) {
      case '--help':
      case '-h':
        return { ...found, action: 'help' };
      case '--version':
      case '-v':
        return { ...found, action: 'version' };
      case '--threshold':
        threshold = milliseconds(name, value());
        break;
      case '--fail-over':
        found.failOver = milliseconds(name, value());
        break;
      case '--no-judge':
        found.isJudging = false;
        break;
      case '--html':
        found.html = value();
        break;
      case '--json':
        // Without a file it goes to the standard output: the next argument may be the program already.
        found.json =
          inline === '' ? missing(name) : (inline ?? (rest[0]?.endsWith('.json') ? (rest.shift() as string) : '-'));
        break;
      case '--attach':
        found.action = 'attach';
        found.attach = processId(value());
        break;
      default:
        throw new DoctorError(
          'HEDDLE_DOCTOR_USAGE',
          `There is no option ${name}. Options of your program go behind it: heddle-doctor -- node ${name} server.js. ` +
            'See heddle-doctor --help.',
        );
    }
  }
  return done();
}

const FLAGS: ReadonlySet<string> = new Set(['--help', '-h', '--version', '-v', '--no-judge']);

/** What stands there would be for a report, and there is none. */
function refuseBeforeTop(options: readonly string[]): void {
  if (options.length === 0) return;
  throw new DoctorError(
    'HEDDLE_DOCTOR_USAGE',
    `top shows a program live and writes no report: leave out ${options.join(' ')}, or see heddle-doctor top --help.`,
  );
}

/** What is shorter than the threshold is not noticed, and so could not fail. */
function defaultThreshold({ failOver }: Pick<Arguments, 'failOver'>): number {
  return Math.min(DEFAULT_THRESHOLD, failOver ?? DEFAULT_THRESHOLD);
}

function checked(found: Arguments): Arguments {
  const { threshold, failOver, json, html, attach, command } = found;
  if (attach !== undefined && command.length > 0) {
    throw new DoctorError(
      'HEDDLE_DOCTOR_USAGE',
      `--attach ${attach} watches a process that runs already, and ${command.join(' ')} would not be run: leave out one of the two.`,
    );
  }
  if (failOver !== undefined && failOver < threshold) {
    throw new DoctorError(
      'HEDDLE_DOCTOR_USAGE',
      `--fail-over ${failOver} is below --threshold ${threshold}, and what is shorter than the threshold is not noticed: leave the threshold out, or give one of ${failOver} or less.`,
    );
  }
  if (html === '-') {
    throw new DoctorError('HEDDLE_DOCTOR_USAGE', '--html takes a file, and not -: a page is looked at in a browser.');
  }
  if (json !== undefined && html !== undefined && path.resolve(json) === path.resolve(html)) {
    throw new DoctorError(
      'HEDDLE_DOCTOR_USAGE',
      `--json and --html cannot both be written to ${json}: name two files.`,
    );
  }
  return found;
}

function splitOption(argument: string): [string, string | undefined] {
  const equals = argument.indexOf('=');
  return equals < 0 ? [argument, undefined] : [argument.slice(0, equals), argument.slice(equals + 1)];
}

function missing(name: string): never {
  throw new DoctorError('HEDDLE_DOCTOR_USAGE', `The option ${name} needs a value. See heddle-doctor --help.`);
}

function milliseconds(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= SHORTEST_MS && value <= LONGEST_MS) return value;
  throw new DoctorError(
    'HEDDLE_DOCTOR_USAGE',
    `${name} takes milliseconds, a number from ${SHORTEST_MS} to ${LONGEST_MS}, and not ${text}.`,
  );
}

function processId(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new DoctorError('HEDDLE_DOCTOR_USAGE', `--attach takes the id of a process, such as 4242, and not ${text}.`);
}
