/** @param {number} n */
export function exported(n) {
  return n;
}
