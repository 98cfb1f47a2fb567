/** Acts without Node's warning that what is used is experimental: the program's user did not choose it. */
export function quietly<T>(act: () => T): T {
  const warn = process.emitWarning;
  process.emitWarning = () => {};
  try {
    return act();
  } finally {
    process.emitWarning = warn;
  }
}
