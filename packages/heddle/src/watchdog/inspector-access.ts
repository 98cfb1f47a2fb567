interface Permission {
  has(scope: string): boolean;
}

/**
 * Why the loop's thread cannot be asked where it is; `undefined` where it can.
 *
 * Looked up before anything is tried: where the inspector is denied, Node does not survive that a thread turns to it.
 */
export function inspectorRefusal(): string | undefined {
  const { Session } = (process.getBuiltinModule('node:inspector') ?? {}) as Partial<typeof import('node:inspector')>;
  if (typeof Session?.prototype.connectToMainThread !== 'function') return 'this runtime has no such inspector';
  const { permission } = process as { readonly permission?: Permission };
  if (permission === undefined || permission.has('inspector')) return undefined;
  return 'the permission model denies the inspector';
}
