import { fileURLToPath } from 'node:url';

/** A script's URL as people write it: a terminal opens a path, and not every one a URL. */
export function readablePath(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    return url;
  }
}
