/** The function's own name, read without running a getter; empty where it has none. */
export function functionName(f: Function): string {
  const name: unknown = Object.getOwnPropertyDescriptor(f, 'name')?.value;
  return typeof name === 'string' ? name : '';
}
