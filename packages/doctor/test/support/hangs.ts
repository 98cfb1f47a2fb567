/**
 * When a test, or a program in one, is taken to hang, in milliseconds. Nothing takes a large part of it, even on a slow
 * machine that is busy with other things.
 */
export const HANGS_MS = 240_000;
