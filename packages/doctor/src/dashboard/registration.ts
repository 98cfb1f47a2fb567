import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';

/** Where the dashboard of a process is, for `heddle-doctor top PID`. */
export interface Registration {
  readonly pid: number;
  readonly url: string;
  readonly token: string;
}

/**
 * Writes where this process has its dashboard, readable by this user only. Where that cannot be, `top` needs the URL.
 *
 * @returns takes it back
 */
export function register(registration: Registration, folder: string = folderOfUser()): () => void {
  const file = path.join(folder, `${registration.pid}.json`);
  try {
    mkdirSync(folder, { mode: 0o700, recursive: true });
    if (!isOwn(folder)) return () => {};
    forgetEnded(folder);
    const draft = `${file}.${process.hrtime.bigint()}`;
    writeFileSync(draft, JSON.stringify(registration), { mode: 0o600, flag: 'wx' });
    renameSync(draft, file);
  } catch {
    return () => {};
  }
  const remove = (): void => {
    removals.delete(remove);
    if (removals.size === 0) process.removeListener('exit', removeAll);
    // Another dashboard of this process may be the one that it names by now.
    if (registrationOf(registration.pid, folder)?.url === registration.url) rmSync(file, { force: true });
  };
  if (removals.size === 0) process.once('exit', removeAll);
  removals.add(remove);
  return remove;
}

const removals = new Set<() => void>();

function removeAll(): void {
  for (const remove of removals) remove();
}

/** Where a process has its dashboard, if it has told. */
export function registrationOf(pid: number, folder: string = folderOfUser()): Registration | undefined {
  try {
    if (!isOwn(folder)) return undefined;
    const registration = JSON.parse(readFileSync(path.join(folder, `${pid}.json`), 'utf8')) as Registration;
    return registration.pid === pid && typeof registration.url === 'string' ? registration : undefined;
  } catch {
    return undefined;
  }
}

/** One that was killed could not take its own back. */
function forgetEnded(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = Number(/^(\d+)\.json/.exec(name)?.[1]);
    if (pid > 0 && !isThere(pid)) rmSync(path.join(folder, name), { force: true });
  }
}

/** Whether there is a process of this number. */
export function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function folderOfUser(): string {
  return path.join(tmpdir(), `heddle-dashboards-${process.getuid?.() ?? userInfo().username}`);
}

/** In a folder that everybody may write to, somebody else may have made ours first. */
function isOwn(folder: string): boolean {
  if (process.getuid === undefined) return true;
  const { uid, mode } = lstatSync(folder);
  const isFolder = lstatSync(folder).isDirectory();
  if (!isFolder || uid !== process.getuid()) return false;
  if ((mode & 0o077) !== 0) chmodSync(folder, 0o700);
  return true;
}
