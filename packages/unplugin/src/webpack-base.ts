// webpack puts in its place the URL of the folder that the bundle's files are in.
declare const __webpack_base_uri__: string;

/** The URL of a file beside the bundle. */
export function beside(file: string): string {
  return new URL(file, __webpack_base_uri__).href;
}
