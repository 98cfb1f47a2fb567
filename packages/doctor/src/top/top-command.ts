import { top } from './top.ts';
import { TopError } from './top-error.ts';

const USAGE = `heddle-doctor top URL|PID [--token TOKEN] [--snapshots N]

Shows what a program does that serves a dashboard (serveDashboard of @heddle/doctor): of a process of this user by its
number, of any other by the URL. HEDDLE_DASHBOARD_TOKEN in the environment is the token as well, and is seen by nobody in
the list of processes. Where the output is no terminal, it is plain text once a second, N times.
`;

/**
 * The command line of {@link top}.
 *
 * @param args what stands behind `heddle-doctor top`
 * @returns the exit code
 */
export async function topCommand(args: readonly string[]): Promise<number> {
  const targets: string[] = [];
  let token: string | undefined;
  let snapshots: number | undefined;
  const rest = [...args];
  while (rest.length > 0) {
    const [name = '', inline] = splitOption(rest.shift() as string);
    const value = inline ?? rest[0] ?? '';
    if (name === '--help' || name === '-h') {
      process.stdout.write(USAGE);
      return 0;
    }
    if (!name.startsWith('-')) {
      targets.push(name);
      continue;
    }
    if (inline === undefined) rest.shift();
    if (name === '--token' && value !== '') token = value;
    else if (name === '--snapshots' && /^[1-9]\d*$/.test(value)) snapshots = Number(value);
    else return refuse(`heddle-doctor top does not know ${JSON.stringify(`${name} ${value}`.trim())}.`);
  }
  const [target, ...others] = targets;
  if (target === undefined || others.length > 0) {
    return refuse('heddle-doctor top takes one URL of a dashboard, or one number of a process.');
  }
  try {
    await top(target, { token, snapshots });
    return 0;
  } catch (error) {
    if (!(error instanceof TopError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

function splitOption(argument: string): [name: string, inline?: string] {
  const at = argument.startsWith('--') ? argument.indexOf('=') : -1;
  return at < 0 ? [argument] : [argument.slice(0, at), argument.slice(at + 1)];
}

function refuse(message: string): number {
  process.stderr.write(`${message}\n\n${USAGE}`);
  return 2;
}
