import { linkSync, lstatSync, readFileSync, readlinkSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { InvalidArgumentError } from './errors.ts';
import { hasDied, isIdentity, ownIdentity } from './process-identity.ts';

/** How an attempt to make a lock file has ended. */
export type LockAttempt = 'made' | 'made anew' | 'held';

/** What a lock begins with that is a file with its holder in it, so that no other file is taken for one. */
const MARK = 'heddle lock of ';
const LONGEST_TEXT = 200;
/** What the system says where symbolic links are not to be had: Windows keeps them from most users. */
const NO_LINKS: ReadonlySet<unknown> = new Set(['EPERM', 'ENOTSUP', 'ENOSYS']);

/** Somebody else may always come between; after so many times it is their lock. */
const MOST_TRIES = 100;

/**
 * Makes the lock file at `path` for this process, if no living process has it:
 * a symbolic link whose target names its holder, since the system makes those
 * whole or not at all. Where there are none, it is a file with the same text.
 *
 * @returns `'made anew'` where the file of a dead process had to go first
 * @throws InvalidArgumentError when there is something else; what the file system says
 */
export function makeLockFile(path: string): LockAttempt {
  let anew = false;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    if (make(path)) return anew ? 'made anew' : 'made';
    const holder = holderOf(path);
    if (holder === undefined) continue;
    if (!hasDied(holder) || !removeOf(path, holder)) return 'held';
    anew = true;
  }
  return 'held';
}

/** Removes the lock file at `path`; false when it is not this process's. */
export function removeLockFile(path: string): boolean {
  try {
    if (holderOf(path) !== ownIdentity()) return false;
  } catch (error) {
    // Somebody has put something else in its place.
    if (error instanceof InvalidArgumentError) return false;
    throw error;
  }
  unlinkSync(path);
  return true;
}

/**
 * Removes the lock file of a dead process. Of all that find it dead one may do
 * so: the one that holds a second lock, on the removal. Without that, a slow
 * one would remove the file that a quick one has made in its place.
 *
 * @returns false when another is at it
 */
function removeOf(path: string, holder: string): boolean {
  const removal = `${path}.${fileNameOf(holder)}`;
  if (!make(removal)) {
    const remover = holderOf(removal);
    // One that has died at it leaves its lock on the removal, which goes in the same way.
    return remover === undefined || (hasDied(remover) && removeOf(removal, remover));
  }
  try {
    if (holderOf(path) === holder) unlinkSync(path);
  } finally {
    unlinkSync(removal);
  }
  return true;
}

/** @returns false when the file is there already */
function make(path: string): boolean {
  try {
    symlinkSync(ownIdentity(), path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (!NO_LINKS.has(code)) throw error;
    return makeFile(path);
  }
}

/** The same as a file, which gets its name when all of it is written. */
function makeFile(path: string): boolean {
  const draft = `${path}.${fileNameOf(ownIdentity())}.draft`;
  writeFileSync(draft, MARK + ownIdentity());
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    unlinkSync(draft);
  }
}

function fileNameOf(identity: string): string {
  return identity.replaceAll(/[^\w.]/g, '-');
}

/** Who holds the lock file; `undefined` when it is not there. @throws InvalidArgumentError when it is no lock */
function holderOf(path: string): string | undefined {
  let target: string;
  try {
    target = readlinkSync(path);
  } catch (error) {
    return isMissing(error) ? undefined : holderInFile(path, error);
  }
  // Nobody would ever remove a link that leads elsewhere: it would be waited for without an end.
  if (!isIdentity(target)) throw noLock(path);
  return target;
}

/** The same of a lock that is a file. @throws InvalidArgumentError when it is no lock */
function holderInFile(path: string, noLink: unknown): string | undefined {
  try {
    const stats = lstatSync(path);
    if (stats.isSymbolicLink()) throw noLink;
    const text = stats.isFile() && stats.size <= LONGEST_TEXT ? readFileSync(path, 'utf8') : '';
    const holder = text.slice(MARK.length);
    if (text.startsWith(MARK) && isIdentity(holder)) return holder;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  throw noLock(path, { cause: noLink });
}

function noLock(path: string, options?: ErrorOptions): InvalidArgumentError {
  return new InvalidArgumentError(
    `There is something at ${path} that is no lock, and is left alone: give the lock a path of its own.`,
    options,
  );
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
