type Holder = Readonly<Record<string, unknown>>;

/** What was found at an address, and all that a message about it needs. */
export interface Located {
  readonly value: unknown;
  /** The object that a function found there is a method of. */
  readonly receiver: unknown;
  readonly address: string;
  readonly name: string;
  /** A sentence about what there is instead. */
  readonly hint: () => string;
}

/** Follows the path from `root`; the receiver is the object before the last step, or `outermost` at the root. */
export function member(root: unknown, path: readonly string[], address: string, outermost: unknown): Located {
  let receiver: unknown;
  let value = root;
  path.forEach((step, index) => {
    receiver = index === 0 ? outermost : value;
    value = isHolder(value) ? value[step] : undefined;
  });
  return { value, receiver, address, name: path.join('.'), hint: () => whatThereIs(root) };
}

function whatThereIs(root: unknown): string {
  if (root === globalThis || !isHolder(root)) return '';
  const names = Object.keys(root);
  return names.length === 0 ? 'It has no exports.' : `It has: ${names.slice(0, 20).join(', ')}.`;
}

/** Whether a value can have properties. */
export function isHolder(value: unknown): value is Holder {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
