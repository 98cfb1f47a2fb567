let said = false;

/** Says once that no stacks can be had, and why. */
export function warnWithoutStacks(reason: unknown): void {
  if (said) return;
  said = true;
  const why = reason instanceof Error ? reason.message : String(reason);
  process.emitWarning(
    `watchLoop can tell how long the loop is blocked, but not by whom: the loop's thread cannot be asked (${why}). ` +
      'It takes threads and the inspector: under --permission, --allow-worker and, from Node 24 on, --allow-inspector.',
    { code: 'HEDDLE_WATCH_WITHOUT_STACKS' },
  );
}
