import { readlinkSync, symlinkSync, unlinkSync } from 'node:fs';
import { hasDied, ownIdentity } from './process-identity.ts';

/** How an attempt to make a lock file has ended. */
export type LockAttempt = 'made' | 'made anew' | 'held';

/** Somebody else may always come between; after so many times it is their lock. */
const MOST_TRIES = 100;

/**
 * Makes the lock file at `path` for this process, if no living process has it:
 * a symbolic link whose target names its holder, since the system makes those
 * whole or not at all.
 *
 * @returns `'made anew'` where the file of a dead process had to go first
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
  if (holderOf(path) !== ownIdentity()) return false;
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
  const removal = `${path}.${holder.replaceAll(/[^\w.]/g, '-')}`;
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
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Who holds the lock file; `undefined` when it is not there. */
function holderOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
