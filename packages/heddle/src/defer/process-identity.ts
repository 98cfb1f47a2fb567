import { readFileSync } from 'node:fs';

/** What is known of a process that is to be told from any other, before and after it. */
interface ProcessState {
  readonly state: string;
  /** The boot of the machine and the clock tick in which it began: a process id is used again, these are not. */
  readonly began: string;
}

// Not asked again: what the system does not tell for want of a file descriptor, it may tell the next time.
let own: string | undefined;

/**
 * This process as a text that no other process of this machine has, has had or
 * will have: its id and, where the system tells, when it began.
 */
export function ownIdentity(): string {
  own ??= `${process.pid}:${stateOf('self')?.began ?? ''}`;
  return own;
}

const IDENTITY = /^(?<pid>\d+)(?::(?<began>.*))?$/;

/** Whether a text can be one of {@link ownIdentity}. */
export function isIdentity(text: string): boolean {
  return IDENTITY.test(text);
}

/**
 * Whether the process that a text of {@link ownIdentity} stands for is gone:
 * it is not there, is a zombie, or its id is another process's by now. What
 * cannot be known counts as alive, and so does a text that is no identity.
 */
export function hasDied(identity: string): boolean {
  const { pid, began } = IDENTITY.exec(identity)?.groups ?? {};
  if (pid === undefined) return false;
  if (!exists(Number(pid))) return true;
  const now = stateOf(pid);
  if (now === undefined) return false;
  return /[XZ]/.test(now.state) || (Boolean(began) && began !== now.began);
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is another user's.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Linux only. */
function stateOf(pid: string): ProcessState | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').slice(0, 8);
    // The name of the program, in brackets, may hold anything; 19 fields after its state is the start.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', began: `${boot}.${fields[19]}` };
  } catch {
    return undefined;
  }
}
