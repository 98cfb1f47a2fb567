/**
 * When a program in a test is taken to hang, in milliseconds. Nothing takes a large part of it, even on a slow machine that
 * is busy with other things.
 */
export const HANGS_MS = 200_000;
