import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { DoctorError } from '../errors.ts';

/** The bit of SIGUSR1 in the masks of /proc. */
const SIGUSR1_BIT = 1n << 9n;

/**
 * Makes sure that a process can be asked for its inspector: SIGUSR1 ends a process that is no Node.
 *
 * @throws {DoctorError} `HEDDLE_DOCTOR_NO_SUCH_PROCESS`, `HEDDLE_DOCTOR_NOT_YOURS`, `HEDDLE_DOCTOR_NOT_NODE`
 */
export function checkTarget(pid: number): void {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EPERM') {
      throw new DoctorError(
        'HEDDLE_DOCTOR_NOT_YOURS',
        `Process ${pid} belongs to another user. Run the doctor as that user: sudo -u USER npx @heddle/doctor --attach ${pid}`,
      );
    }
    throw new DoctorError('HEDDLE_DOCTOR_NO_SUCH_PROCESS', `There is no process ${pid}.`);
  }
  if (catchesSigusr1(pid) ?? isCalledNode(pid)) return;
  throw new DoctorError(
    'HEDDLE_DOCTOR_NOT_NODE',
    `Process ${pid} (${nameOf(pid)}) does not take the signal by which Node opens its inspector: it is no Node process, ` +
      'or one that was started with --disable-sigusr1. Of npm start or tsx, attach to the node process below.',
  );
}

/** Where Node opens its inspector when it is asked by SIGUSR1. */
const INSPECTOR_PORT = 9229;
/** The state of a socket that listens, in /proc/net/tcp. */
const LISTENS = '0A';

/** The port that a process opens its inspector on; 0 where it takes any that is free. */
export function inspectorPort(pid: number): number {
  const [, port] = /--inspect(?:-port|-brk|-wait)?[=\0](?:[^\0]*:)?(\d+)(?=\0)/.exec(commandLine(pid) ?? '') ?? [];
  return port === undefined ? INSPECTOR_PORT : Number(port);
}

/** Whether its inspector has been open from its start, on a port that nobody else has been told. */
export function isOpenSomewhere(pid: number): boolean {
  return /--inspect(?:-brk|-wait)?=(?:[^\0]*:)?0\0/.test(commandLine(pid) ?? '');
}

/** The TCP ports on which a process listens, as far as Linux tells: none elsewhere. */
export function listeningPorts(pid: number): number[] {
  try {
    const folder = `/proc/${pid}/fd`;
    const sockets = new Set(readdirSync(folder).map((name) => socketOf(path.join(folder, name))));
    return readFileSync(`/proc/${pid}/net/tcp`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(({ 3: state, 9: inode }) => state === LISTENS && inode !== undefined && sockets.has(inode))
      .map(({ 1: address = '' }) => Number.parseInt(address.split(':')[1] ?? '', 16));
  } catch {
    return [];
  }
}

function socketOf(link: string): string | undefined {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(link))?.[1];
  } catch {
    // Closed in the meantime.
    return undefined;
  }
}

function commandLine(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    // Not Linux.
    return undefined;
  }
}

/** What Linux knows; `undefined` elsewhere. */
function catchesSigusr1(pid: number): boolean | undefined {
  try {
    const [, mask] = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return mask === undefined ? undefined : (BigInt(`0x${mask}`) & SIGUSR1_BIT) !== 0n && isCalledNode(pid);
  } catch {
    return undefined;
  }
}

/** Others than Node may wait for that signal as well. Some systems have the version in the name, as in `node-22`. */
function isCalledNode(pid: number): boolean {
  const names = [executableOf(pid), nameOf(pid)];
  return names.some((name) => name !== undefined && /^node(?:js)?-?[\d.]*(?:\.exe)?$/i.test(path.basename(name)));
}

/** What was started, whatever title the process has given itself since; `undefined` where the system is not Linux. */
function executableOf(pid: number): string | undefined {
  try {
    // Of a file that has been replaced since, as by an update, Linux says so behind its name.
    return readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, '');
  } catch {
    return undefined;
  }
}

function nameOf(pid: number): string {
  const line = commandLine(pid);
  if (line !== undefined) return line.split('\0')[0] || 'without a name';
  try {
    return execFileSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return 'without a name';
  }
}
