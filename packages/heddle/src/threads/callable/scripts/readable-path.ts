import { fileOf } from '../../wire/file-of.ts';

/** A script's URL as people write it: a terminal opens a path, and not every one a URL. */
export function readablePath(url: string): string {
  return fileOf(url) ?? url;
}
