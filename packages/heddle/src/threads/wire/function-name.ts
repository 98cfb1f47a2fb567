import { types } from 'node:util';

/** The function's own name, read without running a getter or a Proxy's trap; empty where it has none. */
export function functionName(f: Function): string {
  if (types.isProxy(f)) return '';
  const name: unknown = Object.getOwnPropertyDescriptor(f, 'name')?.value;
  return typeof name === 'string' ? name : '';
}
