/**
 * Whether `value` can be listened to as an AbortSignal. Its class does not matter, as in most of Node: under jsdom, and with
 * what packages bring for old browsers, it is another one than Node's.
 */
export function isAbortSignal(value: unknown): value is AbortSignal {
  if (typeof value !== 'object' || value === null) return false;
  const { aborted, addEventListener, removeEventListener } = value as Partial<AbortSignal>;
  return (
    typeof aborted === 'boolean' && typeof addEventListener === 'function' && typeof removeEventListener === 'function'
  );
}

/** The check of an option that is one: see OptionChecks. */
export function checkSignal(value: unknown): string | undefined {
  return isAbortSignal(value) ? undefined : 'an AbortSignal';
}
