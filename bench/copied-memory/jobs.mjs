/** @param {Uint8Array} bytes */
export function echo(bytes) {
  return bytes;
}

/** A clock by which no copying is fast, so that nothing is done about the memory of copies. */
export function seemSlow() {
  let time = 0;
  performance.now = () => (time += 1000);
}
