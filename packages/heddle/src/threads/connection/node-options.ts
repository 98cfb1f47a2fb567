/** The options of Node that the program's environment gives beside its command line. */
export function nodeOptions(): string[] {
  return (process.env['NODE_OPTIONS'] ?? '').split(/[\s"]+/);
}
