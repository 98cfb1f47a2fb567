// Newer than Node's types that fit the oldest version.
const node = process as { readonly sourceMapsEnabled?: boolean };

/** Whether Node was told, by its flag or by the program, to show the places that source maps lead to. */
export function honoursSourceMaps(): boolean {
  return node.sourceMapsEnabled === true;
}
