/** Frees what nothing holds. The process was started with --expose-gc. */
export function collectGarbage() {
  const gc = /** @type {(() => void) | undefined} */ (Reflect.get(globalThis, 'gc'));
  if (gc === undefined) throw new Error('This program needs node --expose-gc.');
  // What the first round lets go of, such as what a finalizer held, the second frees.
  gc();
  gc();
}
